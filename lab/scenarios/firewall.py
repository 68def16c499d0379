import re

from labkit.shell import inside
from labkit.shell import run as command

TITLE = "a firewall in front of the server: permits, rejects in three ways, drops"
SHOWS = """
One request each to six ports of one server. The provider's router lets the first pass; it rejects the next three, with ICMP
"administratively prohibited", with ICMP "port unreachable", and with a RST in the server's name; it drops the SYNs to the fifth.
The sixth is not the firewall's business: nobody listens there, and the server itself answers with RST.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "router": "pcap", "server": "pcap"}
ACTIONS = {
    80: "accept",
    8001: "reject with icmp admin-prohibited",
    8002: "reject with icmp port-unreachable",
    8003: "reject with tcp reset",
    8004: "drop",
    8005: "accept",
}
RULES = "table ip guard {\n chain forward { type filter hook forward priority filter; iifname cust jump judge; }\n chain judge {\n" + "\n".join(
    f"  ip daddr 192.0.2.80 tcp dport {port} counter {action}" for port, action in ACTIONS.items()) + "\n }\n}\n"


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    command(*inside("isp", "nft", "-f", "-"), stdin=RULES)


def run(lab):
    for port in ACTIONS:
        lab.curl(f"http://www.my-app.com:{port}/", options=("--connect-timeout", "4"))
    listed = command(*inside("isp", "nft", "list", "table", "ip", "guard"))
    seen = dict(re.findall(r"tcp dport (\d+) counter packets (\d+)", listed))
    lab.expect["firewall"] = {"name": "isp", "rules": [
        {"port": port, "action": action, "packets": int(seen[str(port)])} for port, action in ACTIONS.items()]}
    lab.expect["listening"] = [80]


def finish(lab):
    command(*inside("isp", "nft", "delete", "table", "ip", "guard"))
