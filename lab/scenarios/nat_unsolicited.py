TITLE = "somebody outside opens a connection to the gateway's address"
SHOWS = """
A SYN from outside to a port for which the gateway has no entry: the gateway's own TCP answers RST, nothing goes inside.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/")  # so that the translation is to be seen
    lab.expect["outside"] = lab.probe("web", "203.0.113.2", 5555)
