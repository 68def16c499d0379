import re

from labkit.shell import inside
from labkit.shell import run as command

TITLE = "a router on the way resets the connection in the server's name"
SHOWS = """
The provider's router answers the client's request with a RST that carries the server's address. The server knows nothing of
it: no RST leaves or reaches it. Only the hop limit, and the server's capture, betray it.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "server": "pcap"}
RULES = """
table ip meddler {
  chain forward { type filter hook forward priority filter; iifname "cust" ip daddr 192.0.2.80 tcp flags & psh == psh counter reject with tcp reset; }
}
"""


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    command(*inside("isp", "nft", "-f", "-"), stdin=RULES)


def run(lab):
    lab.curl("http://www.my-app.com/")
    listed = command(*inside("isp", "nft", "list", "table", "ip", "meddler"))
    lab.expect["reset by"] = {"name": "isp", "packets": int(re.search(r"counter packets (\d+)", listed)[1])}


def finish(lab):
    command(*inside("isp", "nft", "delete", "table", "ip", "meddler"))
