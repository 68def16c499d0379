TITLE = "two names with one address, over TLS"
SHOWS = """
As two-names, but both connections are TLS 1.3: the ClientHello names the host.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("my-app.com", "www.my-app.com")


def run(lab):
    lab.script(pc=[
        {"lookup": "my-app.com"}, {"lookup": "www.my-app.com"},
        {"open": "a", "host": "my-app.com", "tls": True}, {"open": "b", "host": "www.my-app.com", "tls": True},
        {"get": "/home.html", "on": "b"}, {"get": "/about.html", "on": "a"}],
        files=(lab.web.authority, lab.out / "client.keylog"))
