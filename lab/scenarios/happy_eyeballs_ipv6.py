TITLE = "happy eyeballs: IPv6 wins, IPv4 was already tried"
SHOWS = """
curl waits only 10 ms before it tries IPv4 beside IPv6, less than the way takes: both are answered, IPv6 first, and the
IPv4 connection is given up unused.
"""
CAPTURES = {"client": "pcap", "gateway-inside": "pcap-nano"}


def prepare(lab):
    lab.warm_resolver("dual.my-app.com")
    for family in ("-4", "-6"):  # neighbours that are not known yet would delay one of them
        lab.in_client("curl", "-s", family, "-o", "/dev/null", "http://dual.my-app.com/")


def run(lab):
    lab.race("http://dual.my-app.com/", "--happy-eyeballs-timeout-ms", "10")
