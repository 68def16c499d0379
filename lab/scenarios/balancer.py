import time

TITLE = "a balancer of HTTP requests with health checks"
SHOWS = """
Four requests on one connection, four on connections of their own: the balancer gives them to app1 and app2 in turn, on connections
of its own, with the client's address in X-Forwarded-For; every second it asks both for /health.
"""
CAPTURES = {"client": "pcap", "balancer-front": "pcap", "balancer-back": "pcap", "origin": "pcap"}


def prepare(lab):
    lab.rack.start("balancer")
    lab.warm_resolver("lb.my-app.com")
    time.sleep(1.5)


def run(lab):
    lab.curl(*["http://lb.my-app.com/"] * 4)
    for _ in range(4):
        lab.curl("http://lb.my-app.com/")
    time.sleep(2)
