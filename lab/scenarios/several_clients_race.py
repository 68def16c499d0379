TITLE = "three clients race IPv6 against IPv4 at the same time"
SHOWS = """
happy-eyeballs-hole in three clients at once, seen at the gateway. The names are looked up over IPv4, so that only
the network card tells which client an IPv6 attempt belongs to.
"""
CAPTURES = {"gateway-inside": "pcap"}


def prepare(lab):
    lab.warm_resolver("hole.my-app.com")


def run(lab):
    lab.race("http://hole.my-app.com/", clients=("pc", "pc2", "pc3"))
