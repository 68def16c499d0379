TITLE = "happy eyeballs: IPv6 is refused"
SHOWS = """
Nobody listens at the name's IPv6 address: RST. curl goes on with IPv4.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("shut.my-app.com")


def run(lab):
    lab.race("http://shut.my-app.com/")
