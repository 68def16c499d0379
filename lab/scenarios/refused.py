TITLE = "nobody listens on the port"
SHOWS = """
The SYN is answered by RST: the machine is there, the port is closed. curl's exit code is 7.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com:8081/")
    lab.expect["refused"] = {"serverAddress": "192.0.2.80", "serverPort": 8081}
