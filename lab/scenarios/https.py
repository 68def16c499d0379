TITLE = "HTTPS with TLS 1.3"
SHOWS = """
TLS 1.3 over a new connection, HTTP/1.1 inside. `client.keylog` holds this lab run's throwaway TLS secrets,
written by curl, so that a reader with keys can look inside.
"""
CAPTURES = {"client": "pcap-nano"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("https://www.my-app.com/", options=("--cacert", lab.web.authority, "--tlsv1.3"),
             environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
    lab.expect["tls"] = {"sni": "www.my-app.com", "version": "TLS 1.3", "alpn": "http/1.1", "certificateInClear": False}
