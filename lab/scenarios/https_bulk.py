TITLE = "HTTPS: an upload and downloads of many records"
SHOWS = """
TLS 1.3, one connection: an upload of 50000 bytes, a download of 100000, a page that the server thinks about for 150 ms, and
one that is compressed and comes in chunks. Records of 16 KB cross in a dozen segments each.
`client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcap"}
SITE = "https://www.my-app.com"


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    (lab.directory / "large").write_bytes(b"0123456789" * 5000)


def run(lab):
    common = ("--cacert", lab.web.authority, "--tlsv1.3", "--tls13-ciphers", "TLS_AES_128_GCM_SHA256", "--http1.1")
    lab.curl_steps((f"{SITE}/upload", ("--data-binary", f"@{lab.directory / 'large'}", "-H", "Expect:", *common)),
                   (f"{SITE}/data100k.bin", common), (f"{SITE}/think", common),
                   (f"{SITE}/style.css", ("--compressed", *common)),
                   environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
