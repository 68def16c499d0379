TITLE = "a server that thinks for 150 ms"
SHOWS = """
The time until the first byte is the server's, not the network's: it waits 150 ms (nginx echo_sleep) before it answers.
"""
CAPTURES = {"client": "pcap-nano"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/think")
    lab.expect["serverThinksMs"] = 150
