TITLE = "a gateway that does not translate"
SHOWS = """
Packets leave with their private source address. The server answers it, and the provider's router knows no way to it: it tells
the server so (ICMP), and the client hears nothing.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "router": "pcap", "server": "pcap"}


def prepare(lab):
    lab.network.translate("")


def run(lab):
    lab.curl("http://192.0.2.80/", options=["--connect-timeout", "2"])
