TITLE = "a server's address that nobody has"
SHOWS = """
The SYNs reach the router of the server's network, which asks for the address there, three times, and gets no answer: it tells
the client so (ICMP host unreachable). At the client and on the server's network.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "router": "pcap"}
NOBODY = "192.0.2.200"


def run(lab):
    lab.curl(f"http://{NOBODY}/", options=("--connect-timeout", "8"))
    lab.expect["unanswered"] = {"asker": "192.0.2.1", "target": NOBODY}
