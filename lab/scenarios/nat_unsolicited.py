TITLE = "somebody outside opens a connection to the gateway's address"
SHOWS = """
A SYN from outside to a port for which the gateway has no entry: the gateway's own TCP answers RST, nothing goes inside.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}


def run(lab):
    lab.expect["outside"] = lab.probe("web", "203.0.113.2", 5555)
    lab.ping("192.168.0.1", 1, 7)  # the inside is not silent
