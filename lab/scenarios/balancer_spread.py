TITLE = "a balancer that rewrites destinations"
SHOWS = """
nftables gives each connection another server by translating its destination: the same packets on both sides.
"""
CAPTURES = {"balancer-front": "pcap", "balancer-back": "pcap", "origin": "pcap"}


def prepare(lab):
    lab.rack.start("spread")
    lab.warm_resolver("spread.my-app.com")


def run(lab):
    for _ in range(4):
        lab.curl("http://spread.my-app.com/")
