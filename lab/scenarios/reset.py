TITLE = "the server resets the connection in the middle of an answer"
SHOWS = """
The server promises 20000 bytes, sends 8000 and resets (SO_LINGER 0). curl's exit code is 56.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def prepare(lab):
    lab.warm_resolver("old.my-app.com")


def run(lab):
    lab.curl("http://old.my-app.com/reset")
    lab.expect["answer"] = {"promisedBytes": 20000, "sentBytes": 8000}
