import time

TITLE = "what is lost, and how it is sent again"
SHOWS = """
Five requests, each on its own connection. Lost on the way: nothing; the SYN; the SYN+ACK; the request; the whole answer (one
segment). `lost` has what the wire dropped. Addresses are literal: no DNS.
"""
CAPTURES = {"client": "pcap", "server": "pcap"}
URL = "http://192.0.2.81:8080/"


def run(lab):
    lab.curl(URL)
    for rule in ({"to": "b", "nth": 1}, {"to": "a", "nth": 1}, {"to": "b", "minPayload": 50, "nth": 1},
                 {"to": "a", "sourcePort": 8080, "minPayload": 100, "nth": 1}):
        time.sleep(0.3)  # the connection before is closed
        lab.network.wires["home"].command({"clear": True})
        lab.drop("home", **rule)
        lab.curl(URL)
    lab.expect["lostPart"] = [None, "SYN", "SYN+ACK", "request", "answer"]
