import time

TITLE = "the balancer's front and back in one capture"
SHOWS = """
`tcpdump -i any` at the balancer: requests of clients, the requests they became, and health checks. One request has a trace id of its own.
"""
CAPTURES = {"balancer-any": "pcap-sll2"}


def prepare(lab):
    lab.rack.start("balancer")
    lab.warm_resolver("lb.my-app.com")
    time.sleep(1.5)


def run(lab):
    lab.curl("http://lb.my-app.com/", options=["-H", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
    lab.curl("http://lb.my-app.com/personal")
    time.sleep(1.5)
