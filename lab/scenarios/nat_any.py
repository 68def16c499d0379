TITLE = "both sides of the gateway in one capture"
SHOWS = """
`tcpdump -i any` at the gateway: every packet is there twice, inside and outside, with both addresses and ports.
"""
CAPTURES = {"gateway-any": "pcap-sll2"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/")
    lab.ping("192.0.2.80", 1, 4243)
