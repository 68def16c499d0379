from itertools import count

from .nat_port_kept import PLAIN

TITLE = "two clients with the same port behind one address"
SHOWS = """
A gateway that keeps ports, and two clients that use the same one to the same server: the second one gets another.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}
PORTS = count(43000)


def prepare(lab):
    lab.network.translate(PLAIN)
    lab.warm_resolver("www.my-app.com")


def run(lab):
    port = next(PORTS)
    alike = [{"open": "a", "host": "www.my-app.com", "from": port}, {"get": "/home.html", "on": "a"}]
    lab.script(pc=alike, pc2=alike)
    lab.expect["clashing port"] = port
