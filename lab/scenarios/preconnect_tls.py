TITLE = "a TLS connection opened in advance that carries no request"
SHOWS = """
Two connections with finished TLS 1.3 handshakes; the request goes over one of them, nothing over the other.
`client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.script(pc=[
        {"lookup": "www.my-app.com"},
        {"together": [[{"open": "used", "host": "www.my-app.com", "tls": True}],
                      [{"wait": 0.002}, {"open": "spare", "host": "www.my-app.com", "tls": True}]]},
        {"get": "/", "on": "used"}, {"wait": 0.1}, {"close": "spare"}, {"get": "/home.html", "on": "used"}],
        files=(lab.web.authority, lab.out / "client.keylog"))
