TITLE = "the server closes first"
SHOWS = """
The answer has no length: its end is the end of the connection, and the server closes it.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def prepare(lab):
    lab.warm_resolver("old.my-app.com")


def run(lab):
    lab.curl("http://old.my-app.com/bye")
