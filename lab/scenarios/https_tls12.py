import subprocess

TITLE = "HTTPS with TLS 1.2"
SHOWS = """
TLS 1.2: the certificate and its names cross in the clear. The pcapng file carries the connection's secrets
in a decryption secrets block (put there by editcap from `client.keylog`, the lab run's throwaway keys).
"""
CAPTURES = {"client": "pcapng"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("https://www.my-app.com/", options=("--cacert", lab.web.authority, "--tls-max", "1.2"),
             environment={"SSLKEYLOGFILE": str(lab.out / "client.keylog")})
    lab.expect["tls"] = {"sni": "www.my-app.com", "version": "TLS 1.2", "alpn": "http/1.1", "certificateInClear": True,
                         "certificateNames": ["my-app.com", "*.my-app.com"]}
    lab.expect["decryptionSecretsBlock"] = True


def finish(lab):
    plain, secret = lab.out / "client.pcapng", lab.out / "with-secrets.pcapng"
    subprocess.run(["editcap", "--inject-secrets", f"tls,{lab.out / 'client.keylog'}", plain, secret], check=True)
    secret.replace(plain)
