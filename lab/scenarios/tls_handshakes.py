import subprocess
import time

from labkit.shell import inside, run as command, wait_until

TITLE = "TLS handshakes of every kind, with the client's keys"
SHOWS = """
OpenSSL's own client and server, one connection after the other: client certificates in TLS 1.2 and 1.3, none where one was required,
authentication after the handshake, key updates of both sides, renegotiation (AES-GCM, and CBC with encrypt-then-MAC in TLS 1.0 and
1.2), early data taken and refused (sent a second time; after a HelloRetryRequest), resumption by session id and by ticket, a
pre-shared key. `client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcapng"}
ADDRESS = "192.0.2.81"
PERSON = "/C=KR/O=Wirebook Lab/OU=People/CN=Kim Alice/emailAddress=alice@my-app.com"
PERSON_NAMES = "subjectAltName=email:alice@my-app.com,URI:spiffe://my-app.com/alice,DNS:alice.my-app.com\nextendedKeyUsage=clientAuth\n"
PSK = ("-psk_identity", "lab", "-psk", "00112233445566778899aabbccddeeff")
WEAK = ("-cipher", "AES128-SHA:@SECLEVEL=0")


def make_certificate(lab):
    """A person's certificate of the lab's authority, and what OpenSSL says of it and of its issuer's."""
    files, own = lab.web.directory, lab.directory
    command("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", PERSON,
            "-keyout", own / "person.key", "-out", own / "person.csr")
    (own / "person.ext").write_text(PERSON_NAMES)
    command("openssl", "x509", "-req", "-in", own / "person.csr", "-CA", files / "ca.crt", "-CAkey", files / "ca.key",
            "-CAcreateserial", "-days", 30, "-extfile", own / "person.ext", "-out", own / "person.crt")
    return [described(own / "person.crt"), described(files / "ca.crt")]


def described(file):
    def said(*options):
        return command("openssl", "x509", "-in", file, "-noout", *options).strip()

    def name(option):
        return [line.strip() for line in said(option, "-nameopt", "sep_multiline,sname").splitlines()[1:]]

    def date(option):
        return said(option, "-dateopt", "iso_8601").split("=")[1].replace(" ", "T")

    names = said("-ext", "subjectAltName").splitlines()[1:]
    key = said("-text", "-certopt", "no_header,no_version,no_serial,no_signame,no_validity,no_subject,no_issuer,no_extensions,no_sigdump")
    return {"subject": name("-subject"), "issuer": name("-issuer"), "from": date("-startdate"), "to": date("-enddate"),
            "alternativeNames": [each.strip() for each in ",".join(names).split(",") if each.strip()],
            "key": [line.strip() for line in key.splitlines() if "Algorithm" in line or "Public-Key" in line or "OID" in line]}


class Talk:
    """One s_server, and connections to it one after the other."""

    def __init__(self, lab, port, *options, certificate=True):
        self.lab, self.port, self.said = lab, port, lab.directory / f"server-{port}.txt"
        files = lab.web.directory
        own = ("-cert", files / "site.crt", "-key", files / "site.key") if certificate else ("-nocert",)
        with open(self.said, "wb") as out:
            self.server = lab.processes.start(
                inside("web", "stdbuf", "-oL", "openssl", "s_server", "-accept", f"{ADDRESS}:{port}", *own, "-CAfile", lab.web.authority, *options),
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL)
        wait_until(lambda: f":{port} " in command(*inside("web", "ss", "-ltn")), "openssl s_server")

    def client(self, *options):
        lab = self.lab
        out = lab.directory / "client.txt"
        with open(out, "wb") as file:
            process = lab.processes.start(
                inside("pc", "openssl", "s_client", "-connect", f"{ADDRESS}:{self.port}", "-servername", "odd.my-app.com",
                       "-keylogfile", lab.out / "client.keylog", "-CAfile", lab.web.authority, *options),
                stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT)
        return Client(self, process, out)


class Client:
    def __init__(self, talk, process, out):
        self.talk, self.process, self.out = talk, process, out

    def count(self, text):
        return self.out.read_text(errors="replace").count(text)

    def saw(self, text, count=1):
        wait_until(lambda: self.count(text) >= count, f"{text!r} of s_client")
        return self

    def send(self, process, text):
        process.stdin.write(text.encode())
        process.stdin.flush()

    def ask(self, target, early=False):
        """A request, and the answer to it that a person would type."""
        if not early:
            self.send(self.process, request(target))
        wait_until(lambda: f"GET {target} " in self.talk.said.read_text(errors="replace"), target)
        before = self.count("200 OK")
        self.send(self.talk.server, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhi\r\n")
        return self.saw("200 OK", before + 1)

    def do(self, word, sign, count=1):
        """A key of s_client, such as R."""
        self.send(self.process, f"{word}\n")
        return self.saw(sign, count)

    def server_does(self, word, sign):
        before = self.talk.said.read_text(errors="replace").count(sign)
        self.send(self.talk.server, f"{word}\n")
        wait_until(lambda: self.talk.said.read_text(errors="replace").count(sign) > before, f"{sign!r} of s_server")
        return self

    def quit(self):
        self.send(self.process, "Q\n")
        self.process.wait(5)
        return self.out.read_text(errors="replace")


def request(target):
    return f"GET {target} HTTP/1.1\r\nHost: odd.my-app.com\r\n\r\n"


def run(lab):
    lab.expect["clientChain"] = make_certificate(lab)
    person = ("-cert", lab.directory / "person.crt", "-key", lab.directory / "person.key", "-cert_chain", lab.web.authority)
    session, early = lab.directory / "kept", lab.directory / "early"
    told = lab.expect["handshakes"] = []

    def add(kind, *targets, **more):
        told.append({"kind": kind, "targets": list(targets), **more})

    talk = Talk(lab, 4441, "-tls1_2", "-Verify", 2)
    talk.client("-tls1_2", *person).saw("Verify return code").ask("/certificate-1.2").quit()
    add("client certificate, TLS 1.2", "/certificate-1.2", clientChain=True)
    lab.processes.stop(talk.server)

    talk = Talk(lab, 4442, "-tls1_3", "-Verify", 2)
    talk.client("-tls1_3", *person).saw("Verify return code").ask("/certificate-1.3").quit()
    add("client certificate, TLS 1.3", "/certificate-1.3", clientChain=True)
    talk.client("-tls1_3").saw("certificate required").process.wait(5)
    add("no client certificate, TLS 1.3", alert="certificate_required")
    lab.processes.stop(talk.server)

    talk = Talk(lab, 4443, "-tls1_3")
    client = talk.client("-tls1_3", "-enable_pha", *person).saw("Verify return code").ask("/before")
    client.server_does("c", "SSL_do_handshake -> 1").ask("/after").ask("/again").quit()
    add("authentication after the handshake", "/before", "/after", "/again", clientChain=True)
    client = talk.client("-tls1_3").saw("Verify return code").ask("/old-keys")
    client.do("k", "KEYUPDATE").ask("/client-updated")
    client.server_does("k", "SSL_do_handshake -> 1").ask("/server-updated")
    client.server_does("K", "SSL_do_handshake -> 1").ask("/server-asked")
    client.do("K", "KEYUPDATE", 2).ask("/client-asked").quit()
    add("key updates", "/old-keys", "/client-updated", "/server-updated", "/server-asked", "/client-asked")
    lab.processes.stop(talk.server)

    for port, version, options in ((4444, "-tls1_2", ()), (4445, "-tls1_2", WEAK), (4446, "-tls1", WEAK)):
        talk = Talk(lab, port, version, "-client_renegotiation", "-no_ticket", *options)
        client = talk.client(version, *options).saw("Verify return code").ask(f"/first-{port}")
        client.do("R", "verify return:1", client.count("verify return:1") + 2)
        time.sleep(0.2)  # its Finished says nothing
        client.ask(f"/second-{port}").quit()
        add("renegotiation", f"/first-{port}", f"/second-{port}", renegotiations=1)
        lab.processes.stop(talk.server)

    talk = Talk(lab, 4447, "-tls1_3", "-early_data", "-max_early_data", 16384)
    talk.client("-tls1_3", "-sess_out", session).saw("Verify return code").ask("/session").quit()
    add("a session with early data to come", "/session")
    for kind, sign in (("accepted", "Early data was accepted"), ("rejected", "Early data was rejected")):
        early.write_text(request(f"/early-{kind}"), newline="")
        client = talk.client("-tls1_3", "-sess_in", session, "-early_data", early).saw(sign)
        (client.ask("/early-accepted", early=True) if kind == "accepted" else client).ask(f"/behind-{kind}").quit()
        targets = ["/early-accepted"] if kind == "accepted" else []
        add(f"early data {kind}", *targets, f"/behind-{kind}", earlyData=kind)
    lab.processes.stop(talk.server)

    talk = Talk(lab, 4448, "-tls1_3", "-early_data", "-max_early_data", 16384, "-groups", "P-384")
    talk.client("-tls1_3", "-groups", "P-384", "-sess_out", session).saw("Verify return code").ask("/session-384").quit()
    add("a session with early data to come", "/session-384")
    early.write_text(request("/early-retried"), newline="")
    client = talk.client("-tls1_3", "-groups", "P-256:P-384", "-sess_in", session, "-early_data", early)
    client.saw("Early data was rejected").ask("/behind-retry").quit()
    add("early data rejected by a HelloRetryRequest", "/behind-retry", earlyData="rejected", retried=True)
    lab.processes.stop(talk.server)

    for port, kind, options in ((4449, "session id", ("-no_ticket",)), (4450, "ticket", ())):
        talk = Talk(lab, port, "-tls1_2", *options)
        for target, keep in ((f"/full-{port}", "-sess_out"), (f"/resumed-{port}", "-sess_in")):
            said = talk.client("-tls1_2", *options, keep, session).saw("Verify return code").ask(target).quit()
            add(f"resumption by {kind}, TLS 1.2", target, resumed="\nReused, " in said)
        lab.processes.stop(talk.server)

    talk = Talk(lab, 4451, "-tls1_3", *PSK, certificate=False)
    talk.client("-tls1_3", *PSK).saw("Verify return code").ask("/pre-shared").quit()
    add("a pre-shared key", "/pre-shared")
    lab.processes.stop(talk.server)
