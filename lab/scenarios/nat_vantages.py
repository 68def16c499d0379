TITLE = "one page at six places along the way, the gateway changing ports"
SHOWS = """
DNS, a page and a ping at the client, on both sides of the gateway, at the provider's router and at the server. The gateway
gives another port (20000-29999) and another ICMP identifier; hop limits fall by one at each router.
"""
CAPTURES = {"client": "pcap", "gateway-inside": "pcap", "gateway-outside": "pcap", "router": "pcap", "server": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/")
    lab.expect["pings"] = lab.ping("192.0.2.80", 2, 4242)
    lab.expect["hopLimits"] = {"client": 64, "gateway-inside": 64, "gateway-outside": 63, "router": 62, "server": 62}
