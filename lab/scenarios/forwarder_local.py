import time

TITLE = "a DNS forwarder on the client itself"
SHOWS = """
The client asks 127.0.0.53, where a forwarder listens (dnsmasq, as systemd-resolved does), which asks the resolver and keeps the
answer. `tcpdump -i any` shows both. `expect.forwarded` is its own log.
"""
CAPTURES = {"client": "pcap-sll2"}


def prepare(lab):
    lab.names.forward("pc", "127.0.0.53")
    lab.network.stub("127.0.0.53")


def run(lab):
    lab.curl("http://www.my-app.com/")
    time.sleep(1.5)
    lab.curl("http://www.my-app.com/home.html")
    lab.expect["forwarded"] = lab.names.forwarder.forwarded()
