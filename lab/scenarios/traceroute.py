TITLE = "the routers on the way, by probes of rising hop limits"
SHOWS = """
Probes to the server with hop limits 1, 2, 3: UDP over IPv4 and IPv6, and echo requests. The gateway and the provider's router throw
away what they may not pass on, and say so (ICMP Time Exceeded); the server answers the last probe of each. Behind them a request.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "router": "pcap", "server": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.expect["probes"] = {
        "udp": lab.trace("udp", "192.0.2.80", 5),
        "udp6": lab.trace("udp", "2001:db8:80::80", 5),
        "icmp": lab.trace("icmp", "192.0.2.80", 5),
    }
    lab.curl("http://www.my-app.com/")
