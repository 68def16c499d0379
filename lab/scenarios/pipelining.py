import json

TITLE = "three requests at once on one connection"
SHOWS = """
A small client (lab/clients/pipeline.py; its own clock gives the times) sends three GET requests in one segment;
the answers come in order.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    client = lab.here / "clients" / "pipeline.py"
    said = lab.in_client("chrt", "-r", "10", "python3", "-B", client, "www.my-app.com", "/", "/home.html", "/missing")
    lab.requests = json.loads(said)
