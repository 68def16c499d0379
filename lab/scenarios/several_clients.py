from itertools import count

TITLE = "three clients ask the same at the same time"
SHOWS = """
Three clients behind one gateway look up the same name and fetch the same page at the same moment, each with the same
ports and the same DNS id as the others: only their addresses keep them apart. `gateway-inside.pcap` is taken at
the gateway's inner side and sees all of them; behind the translation (`gateway-outside.pcap`) they have one address and ports
of their own.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}
PORTS = count(41000)  # a port cannot be used again at once when the scenario is played again


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    alike = [{"lookup": "www.my-app.com", "port": 40053, "id": 4660},
             {"open": "a", "host": "www.my-app.com", "from": next(PORTS)},
             {"get": "/", "on": "a"}, {"get": "/home.html", "on": "a"}]
    lab.script(pc=alike, pc2=alike, pc3=alike)
