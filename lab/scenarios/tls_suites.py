import os
import re
import subprocess

from labkit.shell import inside, run as command, wait_until

TITLE = "cipher suites of old and rare kinds, with the client's keys"
SHOWS = """
GnuTLS's own client and server, one page over each connection, each with another suite: RC4, triple DES, Camellia in CBC (encrypt-then-MAC)
and GCM, AES in CBC without any extension, CCM and CCM-8, no encryption, in TLS 1.0 to 1.3; then OpenSSL's with SEED.
`client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcapng"}
ADDRESS = "192.0.2.81"
SUITES = {
    "TLS_RSA_WITH_RC4_128_SHA": "VERS-TLS1.2:+ARCFOUR-128:+RSA:+SHA1",
    "TLS_RSA_WITH_RC4_128_MD5": "VERS-TLS1.0:+ARCFOUR-128:+RSA:+MD5",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA": "VERS-TLS1.2:+3DES-CBC:+ECDHE-RSA:+SHA1",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA": "VERS-TLS1.0:+3DES-CBC:+RSA:+SHA1",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "VERS-TLS1.1:+AES-256-CBC:+ECDHE-RSA:+SHA1",
    "TLS_RSA_WITH_AES_128_CBC_SHA256": "VERS-TLS1.2:+AES-128-CBC:+RSA:+SHA256:%NO_EXTENSIONS",
    "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA": "VERS-TLS1.2:+CAMELLIA-128-CBC:+RSA:+SHA1",
    "TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256": "VERS-TLS1.2:+CAMELLIA-128-GCM:+ECDHE-RSA:+AEAD",
    "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384": "VERS-TLS1.2:+CAMELLIA-256-GCM:+RSA:+AEAD",
    "TLS_RSA_WITH_AES_128_CCM": "VERS-TLS1.2:+AES-128-CCM:+RSA:+AEAD",
    "TLS_RSA_WITH_AES_256_CCM_8": "VERS-TLS1.2:+AES-256-CCM-8:+RSA:+AEAD",
    "TLS_RSA_WITH_NULL_SHA256": "VERS-TLS1.2:+NULL:+RSA:+SHA256",
    "TLS_AES_128_CCM_SHA256": "VERS-TLS1.3:+AES-128-CCM:+AEAD:+GROUP-ALL",
    "TLS_AES_128_CCM_8_SHA256": "VERS-TLS1.3:+AES-128-CCM-8:+AEAD:+GROUP-ALL",
}
SEED = ("-provider", "legacy", "-provider", "default", "-tls1_2", "-cipher", "SEED-SHA:@SECLEVEL=0")


def run(lab):
    files = lab.web.directory
    keylog = lab.out / "client.keylog"
    told = lab.expect["suites"] = []

    def page(port, server, client, environment=None):
        process = lab.processes.start(inside("web", *server), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: f":{port} " in command(*inside("web", "ss", "-ltn")), server[0])
        said = subprocess.run(inside("pc", *client), input=b"GET / HTTP/1.0\r\n\r\n", capture_output=True, timeout=60, check=True,
                              env={**os.environ, **(environment or {})}).stdout
        lab.processes.stop(process)
        head, body = re.split(b"\r?\n\r?\n", said, maxsplit=1)
        return {"status": int(head.split()[1]), "bodyBytes": len(body)}

    for port, (suite, words) in enumerate(SUITES.items(), 4500):
        words = f"NONE:+{words}:+SIGN-ALL:+COMP-NULL:+CURVE-ALL"
        log = lab.directory / "gnutls.log"
        answer = page(
            port,
            ("gnutls-serv", "--http", "--disable-client-cert", "-p", port, "--x509certfile", files / "site.crt",
             "--x509keyfile", files / "site.key", "--priority", words),
            ("gnutls-cli", "-p", port, "--x509cafile", lab.web.authority, "--verify-hostname", "odd.my-app.com",
             "--logfile", log, "--priority", words, ADDRESS),
            {"SSLKEYLOGFILE": str(keylog)})
        description = re.search("Description: (.*)", log.read_text())[1]
        told.append({"suite": suite, "description": description, **answer})

    answer = page(
        4600,
        ("openssl", "s_server", *SEED, "-accept", f"{ADDRESS}:4600", "-cert", files / "site.crt", "-key", files / "site.key", "-www"),
        ("openssl", "s_client", *SEED, "-connect", f"{ADDRESS}:4600", "-servername", "odd.my-app.com", "-quiet",
         "-keylogfile", keylog, "-CAfile", lab.web.authority))
    told.append({"suite": "TLS_RSA_WITH_SEED_CBC_SHA", "description": "SEED-SHA", **answer})
