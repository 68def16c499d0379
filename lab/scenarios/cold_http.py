TITLE = "a page over plain HTTP, nothing known yet"
SHOWS = """
ARP for the gateway, DNS (A and AAAA) through a resolver that must ask root, TLD and authoritative server,
TCP handshake, one GET, its answer, teardown by the client. Inside and outside of the NAT gateway.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def run(lab):
    lab.curl("http://www.my-app.com/")
