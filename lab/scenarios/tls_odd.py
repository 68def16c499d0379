import subprocess
import time

from labkit.shell import inside, wait_until

TITLE = "TLS 1.3: HelloRetryRequest, key update, early data"
SHOWS = """
OpenSSL's own client and server. First connection: the client's key share is of a group that the server does not take
(HelloRetryRequest); the request is sent, the client updates its keys and asks the server to do the same, and a second request is
sent. Second connection: resumed, the request crosses as early data (0-RTT) with the ClientHello.
`client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcapng"}
PORT = 4433
ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{}\r\n"


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: odd.my-app.com\r\n\r\n"


def run(lab):
    files = lab.web.directory
    keylog, session, early = lab.out / "client.keylog", lab.directory / "session", lab.directory / "early"
    early.write_text(request("/early"), newline="")
    server = lab.processes.start(
        inside("web", "openssl", "s_server", "-accept", f"192.0.2.81:{PORT}", "-cert", files / "site.crt", "-key",
               files / "site.key", "-tls1_3", "-groups", "P-384", "-early_data", "-max_early_data", 16384, "-quiet"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    wait_until(lambda: f":{PORT}" in subprocess.run(list(map(str, inside("web", "ss", "-ltn"))), capture_output=True,
                                                    text=True).stdout, "openssl s_server")

    def client(*options):
        return lab.processes.start(
            inside("pc", "openssl", "s_client", "-connect", f"192.0.2.81:{PORT}", "-servername", "odd.my-app.com",
                   "-tls1_3", "-keylogfile", keylog, "-CAfile", lab.web.authority, *options),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def say(process, text):
        process.stdin.write(text.encode())
        process.stdin.flush()
        time.sleep(0.25)

    first = client("-groups", "X25519:P-384", "-sess_out", session)
    time.sleep(0.5)
    say(first, request("/first"))
    say(server, ANSWER.format("one."))
    say(first, "K\n")
    say(first, request("/second"))
    say(server, ANSWER.format("two."))
    say(first, "Q\n")
    first.wait(5)
    second = client("-groups", "P-384", "-sess_in", session, "-early_data", early)
    time.sleep(0.5)
    say(server, ANSWER.format("now."))
    say(second, "Q\n")
    second.wait(5)
    lab.processes.stop(server)
    lab.expect["tls"] = {"sni": "odd.my-app.com", "version": "TLS 1.3"}
    lab.expect["inside"] = [{"target": "/first", "body": 4}, {"target": "/second", "body": 4}, {"target": "/early", "body": 4}]
