TITLE = "the answers come back another way"
SHOWS = """
Requests to far.my-app.com go through the provider's router to the data centre; its answers go through another router. Each link
shows one direction alone. At the client the hop limit of what comes back is 61, at the server that of what arrives is 62.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "router": "pcap", "return-router": "pcap", "server": "pcap"}


def prepare(lab):
    lab.warm_resolver("far.my-app.com")


def run(lab):
    lab.curl("http://far.my-app.com/")
    lab.expect["hopLimits"] = {"atServer": 62, "atClient": 61}
