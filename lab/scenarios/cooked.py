TITLE = "captured on all interfaces"
SHOWS = """
tcpdump -i any: link type LINUX_SLL2 at the client, LINUX_SLL at the gateway, where every packet
appears twice, before and after translation.
"""
CAPTURES = {"client": "pcap-sll2", "gateway-any": "pcap-sll"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/")
