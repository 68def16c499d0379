TITLE = "a page over IPv6"
SHOWS = """
Neighbour discovery instead of ARP, a resolver with an IPv6 address, AAAA, no NAT.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def prepare(lab):
    lab.warm_resolver("v6.my-app.com")
    lab.network.stub("2001:db8:53::2")


def run(lab):
    lab.curl("http://v6.my-app.com/", options=("-H", "Host: www.my-app.com"))
