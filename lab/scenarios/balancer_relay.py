TITLE = "a balancer of connections that relays bytes"
SHOWS = """
haproxy in TCP mode: two connections with the same bytes, and nothing in them tells who is behind it.
"""
CAPTURES = {"balancer-front": "pcap", "balancer-back": "pcap"}


def prepare(lab):
    lab.rack.start("balancer")
    lab.warm_resolver("relay.my-app.com")


def run(lab):
    lab.curl("http://relay.my-app.com/")
