from labkit.network import NAT

TITLE = "the same, with a firewall on the gateway that drops it"
SHOWS = """
The SYN from outside gets no answer at all: that is the firewall's doing, not the translation's.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}
FIREWALL = """
table ip guard {
  chain input { type filter hook input priority filter; iifname "wan" ct state new counter drop; }
}
"""


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    lab.network.translate(NAT + FIREWALL)


def run(lab):
    lab.curl("http://www.my-app.com/")  # so that the translation is to be seen
    lab.expect["outside"] = lab.probe("web", "203.0.113.2", 5555)
