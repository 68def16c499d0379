from labkit.network import PREFIX
from labkit.shell import inside
from labkit.shell import run as command

TITLE = "a gateway that answers ARP for others"
SHOWS = """
The client believes the server's network to be its own and asks for the server itself; the gateway answers in its name (proxy ARP)
and passes on what it gets. The resolver is reached as usual.
"""
CAPTURES = {"client": "pcap", "gateway-inside": "pcap", "gateway-outside": "pcap"}
WAY = ["192.0.2.0/24", "dev", "eth0"]
PROXY = "net.ipv4.conf.lan.proxy_arp={}"
DELAY = "net.ipv4.neigh.lan.proxy_delay={}"  # in hundredths of a second: a proxy lets the owner answer first


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    command("ip", "-n", PREFIX + "pc", "route", "add", *WAY)
    command(*inside("gw", "sysctl", "-qw", PROXY.format(1), DELAY.format(0)))


def run(lab):
    lab.curl("http://www.my-app.com/")
    lab.expect["proxied"] = {"by": "gw-lan", "address": "192.0.2.80"}


def finish(lab):
    command("ip", "-n", PREFIX + "pc", "route", "del", *WAY)
    command(*inside("gw", "sysctl", "-qw", PROXY.format(0), DELAY.format(80)))
