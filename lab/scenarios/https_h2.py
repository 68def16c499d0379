TITLE = "HTTPS with HTTP/2"
SHOWS = """
ALPN chooses h2; three requests as streams of one connection. `client.keylog` holds the lab run's throwaway secrets.
"""
CAPTURES = {"client": "pcapng"}


def prepare(lab):
    lab.warm_resolver("h2.my-app.com")


def run(lab):
    base = "https://h2.my-app.com"
    lab.curl(f"{base}/", f"{base}/style.css", f"{base}/home.html",
             options=("--cacert", lab.web.authority, "--http2", "--compressed"),
             environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
    lab.expect["tls"] = {"sni": "h2.my-app.com", "version": "TLS 1.3", "alpn": "h2"}
