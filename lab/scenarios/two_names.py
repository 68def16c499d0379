TITLE = "two names with one address"
SHOWS = """
The client looks up both names before it connects to either; both have the same address. Only the requests tell which
connection is for which name, and they do not come in the connections' order.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("my-app.com", "www.my-app.com")


def run(lab):
    lab.script(pc=[
        {"lookup": "my-app.com"}, {"lookup": "www.my-app.com"},
        {"open": "a", "host": "my-app.com"}, {"open": "b", "host": "www.my-app.com"},
        {"get": "/home.html", "on": "b"}, {"get": "/about.html", "on": "a"}, {"get": "/", "on": "b"}])
