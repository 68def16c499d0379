TITLE = "a DNS answer too large for UDP"
SHOWS = """
many.my-app.com has forty addresses. The stub asks without EDNS, the answer over UDP is truncated (TC), the stub
asks again over TCP, then curl connects.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("many.my-app.com")


def run(lab):
    lab.curl("http://many.my-app.com/home.html")
