from labkit.http3 import Http3

TITLE = "a browser's page over HTTP/3"
SHOWS = """
Chromium loads a page over QUIC: ten requests as streams of one connection, a POST, a redirect, a 404, compressed and larger answers,
and says goodbye. `expect.server` is Caddy's access log, `expect.browser` what Chromium said of each request. `client.keylog` holds
the lab run's throwaway secrets.
"""
CAPTURES = {"client": "pcapng"}


def prepare(lab):
    lab.warm_resolver("h3.my-app.com")
    lab.http3 = Http3(lab)


def run(lab):
    lab.http3.open(lab.out / "client.keylog")
    lab.http3.stop()
