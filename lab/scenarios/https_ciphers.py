TITLE = "HTTPS with other cipher suites"
SHOWS = """
One page over four new connections, each with another cipher suite: TLS 1.2 with CBC and HMAC, TLS 1.2 with ChaCha20-Poly1305,
TLS 1.2 with AES-GCM, TLS 1.3 with ChaCha20-Poly1305. `client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcapng"}
SUITES = {
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": ("--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES256-SHA384"),
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": ("--tls-max", "1.2", "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305"),
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": ("--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"),
    "TLS_CHACHA20_POLY1305_SHA256": ("--tlsv1.3", "--tls13-ciphers", "TLS_CHACHA20_POLY1305_SHA256"),
}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    for options in SUITES.values():
        lab.curl("https://www.my-app.com/style.css", options=("--cacert", lab.web.authority, *options),
                 environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
    lab.expect["ciphers"] = list(SUITES)
