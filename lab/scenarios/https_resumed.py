TITLE = "HTTPS: sessions resumed"
SHOWS = """
Each request closes its connection, so the next one begins anew and may resume the session: TLS 1.3 (pre-shared key), then, in
another curl, TLS 1.2 (session ticket). Which ones were resumed, nginx says. `client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcap-nano"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    for version in (("--tlsv1.3",), ("--tls-max", "1.2")):
        lab.curl("https://www.my-app.com/", "https://www.my-app.com/about.html",
                 options=("--cacert", lab.web.authority, "-H", "Connection: close", *version),
                 environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
    lab.expect["resumed"] = [entry["tlsReused"] for entry in lab.web.requests()]
