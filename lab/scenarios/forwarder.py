import time

TITLE = "a DNS forwarder on the gateway"
SHOWS = """
The gateway has a DNS forwarder (dnsmasq), as home routers do: the client asks 192.168.0.1, which asks the resolver from its outer
address and keeps the answer. `gateway-any` is `tcpdump -i any` on the forwarder's own host. `expect.forwarded` is its own log.
"""
CAPTURES = {"client": "pcap", "gateway-any": "pcap-sll2"}


def prepare(lab):
    lab.names.forward("gw", "192.168.0.1")
    lab.network.stub("192.168.0.1")


def run(lab):
    lab.curl("http://www.my-app.com/")
    time.sleep(1.5)
    lab.curl("http://www.my-app.com/home.html")
    lab.expect["forwarded"] = lab.names.forwarder.forwarded()
