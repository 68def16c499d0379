TITLE = "happy eyeballs: IPv6 leads nowhere"
SHOWS = """
The name has an IPv6 and an IPv4 address, but IPv6 packets to it are dropped on the way. curl tries IPv6, gets no answer
for 200 ms, tries IPv4 beside it, and gives IPv6 up once IPv4 is there.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("hole.my-app.com")


def run(lab):
    lab.race("http://hole.my-app.com/")
