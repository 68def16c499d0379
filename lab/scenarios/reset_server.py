TITLE = "the server resets the connection, seen at both ends"
SHOWS = """
As in `reset`, with the server's own capture beside the client's: the RST leaves the server with hop limit 64.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap", "server": "pcap"}


def prepare(lab):
    lab.warm_resolver("old.my-app.com")


def run(lab):
    lab.curl("http://old.my-app.com/reset")
    lab.expect["reset by"] = {"name": "web"}
