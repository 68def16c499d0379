import base64
import struct
import subprocess
import sys

from labkit.dns import expected, my_app_zone
from labkit.shell import Lines, inside, run as command, wait_until

TITLE = "DNS over HTTPS and over TLS, with the clients' keys"
SHOWS = """
Names asked for under encryption: by curl's own DNS over HTTPS (HTTP/2, BIND answers) before it fetches a page over plain HTTP, by
HTTP/1.1 with GET and with POST (the answer in chunks), and over TLS (BIND answers). `client.keylog` holds this lab run's throwaway
TLS secrets.
"""
CAPTURES = {"client": "pcapng"}
ADDRESS = "192.0.2.81"
TYPE = "application/dns-message"
CONFIG = """
tls lab {{ cert-file "{files}/site.crt"; key-file "{files}/site.key"; }};
http lab {{ endpoints {{ "/dns-query"; }}; }};
options {{
  directory "{directory}"; pid-file none; session-keyfile none; managed-keys-directory "{directory}"; recursion no;
  listen-on port 4443 tls lab http lab {{ {address}; }}; listen-on port 853 tls lab {{ {address}; }}; listen-on-v6 {{ none; }};
  listen-on port 53 {{ {address}; }};
}};
controls {{}};
zone "my-app.com" {{ type primary; file "{directory}/zone"; }};
"""
KINDS = {"A": 1, "AAAA": 28}


def question(name, kind, number):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, KINDS[kind], 1)


def run(lab):
    files, keylog = lab.web.directory, lab.out / "client.keylog"
    directory = lab.directory / "doh"
    directory.mkdir(exist_ok=True)
    (directory / "zone").write_text(my_app_zone())
    (directory / "named.conf").write_text(CONFIG.format(files=files, directory=directory, address=ADDRESS))
    named = lab.processes.start(inside("web", "named", "-f", "-c", directory / "named.conf"), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
    wait_until(lambda: ":4443 " in command(*inside("web", "ss", "-ltn")), "named")
    plain = lab.processes.start(
        inside("web", sys.executable, "-B", lab.here / "servers" / "doh.py", ADDRESS, 4444, files / "site.crt", files / "site.key", ADDRESS),
        stdout=subprocess.PIPE, text=True)
    Lines(plain.stdout).wait_for("listening")
    told = lab.expect["encrypted"] = []

    def asked(transport, name, kind, port):
        told.append({"transport": transport, "name": name, "type": kind, "port": port, **expected(name, kind)})

    environment = {"SSLKEYLOGFILE": str(keylog)}
    url = f"https://{ADDRESS}:4443/dns-query"
    lab.curl("http://www.my-app.com/about.html", options=("--doh-url", url, "--doh-insecure", "-4"), environment=environment)
    asked("doh", "www.my-app.com", "A", 4443)

    (directory / "question").write_bytes(question("v6.my-app.com", "AAAA", 0))
    coded = base64.urlsafe_b64encode(question("shop.my-app.com", "A", 0)).decode().rstrip("=")
    simple = ("curl", "-s", "-o", "/dev/null", "--http1.1", "--cacert", lab.web.authority, "--resolve", f"odd.my-app.com:4444:{ADDRESS}")
    command(*inside("pc", *simple, "-H", f"Accept: {TYPE}", f"https://odd.my-app.com:4444/dns-query?dns={coded}",
                    "--next", *simple[1:], "-H", f"Content-Type: {TYPE}", "--data-binary", f"@{directory / 'question'}",
                    "https://odd.my-app.com:4444/dns-query"), environment=environment)
    asked("doh", "shop.my-app.com", "A", 4444)
    asked("doh", "v6.my-app.com", "AAAA", 4444)

    message = question("dual.my-app.com", "A", 0x1234)
    client = lab.processes.start(
        inside("pc", "openssl", "s_client", "-connect", f"{ADDRESS}:853", "-quiet", "-keylogfile", keylog, "-CAfile", lab.web.authority),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    client.stdin.write(struct.pack(">H", len(message)) + message)
    client.stdin.flush()
    client.stdout.read(2)
    asked("dot", "dual.my-app.com", "A", 853)
    lab.processes.stop(client)
    for process in (plain, named):
        lab.processes.stop(process)
