from labkit.streams import parallel

TITLE = "five streams of one HTTPS connection at once"
SHOWS = """
curl -Z: five requests go out together over one connection; the one that the server thinks about for 150 ms is answered last, the
large ones are interleaved. `client.keylog` holds the lab run's throwaway secrets.
"""
CAPTURES = {"client": "pcapng"}


def prepare(lab):
    lab.warm_resolver("h2.my-app.com")


def run(lab):
    base = "https://h2.my-app.com"
    parallel(lab, *(base + path for path in ("/think", "/data100k.bin", "/home.html", "/data60k.bin", "/nothing")),
             options=("--cacert", lab.web.authority, "--http2"), environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
    lab.expect["tls"] = {"sni": "h2.my-app.com", "version": "TLS 1.3", "alpn": "h2"}
