"""The lab's own name system: a root, one top-level domain, one authoritative server, one resolver."""
import re
import subprocess
from pathlib import Path

from .shell import Lines, inside

ROOT_ZONE = """$TTL 518400
. SOA a.root-servers.net. nstld.lab. 1 1800 900 604800 86400
. NS a.root-servers.net.
a.root-servers.net. A 198.51.100.18
com. NS a.gtld-servers.net.
a.gtld-servers.net. A 198.51.100.34
net. NS a.gtld-servers.net.
"""
COM_ZONE = """$TTL 172800
com. SOA a.gtld-servers.net. nstld.lab. 1 1800 900 604800 86400
com. NS a.gtld-servers.net.
my-app.com. NS ns1.my-app.com.
ns1.my-app.com. A 198.51.100.50
"""
NET_ZONE = """$TTL 172800
net. SOA a.gtld-servers.net. nstld.lab. 1 1800 900 604800 86400
net. NS a.gtld-servers.net.
a.gtld-servers.net. A 198.51.100.34
"""
# name -> type -> values. The truth about answers is taken from here.
RECORDS = {
    "my-app.com": {"A": ["192.0.2.80"]},
    "www.my-app.com": {"A": ["192.0.2.80"]},
    "v6.my-app.com": {"AAAA": ["2001:db8:80::80"]},
    "shop.my-app.com": {"CNAME": ["www.my-app.com"]},
    "old.my-app.com": {"A": ["192.0.2.81"]},
    "h2.my-app.com": {"A": ["192.0.2.82"]},
    "h3.my-app.com": {"A": ["192.0.2.101"]},
    "silent.my-app.com": {"A": ["192.0.2.90"]},
    "dual.my-app.com": {"A": ["192.0.2.80"], "AAAA": ["2001:db8:80::80"]},
    "hole.my-app.com": {"A": ["192.0.2.80"], "AAAA": ["2001:db8:80::90"]},  # IPv6 is dropped on the way
    "shut.my-app.com": {"A": ["192.0.2.80"], "AAAA": ["2001:db8:80::81"]},  # IPv6 is refused
    "many.my-app.com": {"A": [f"192.0.2.{n}" for n in range(101, 141)]},
    "far.my-app.com": {"A": ["192.0.2.83"]},  # its answers take another way
    "cache.my-app.com": {"A": ["192.0.2.84"]},  # these five: see rack.py
    "lb.my-app.com": {"A": ["192.0.2.85"]},
    "relay.my-app.com": {"A": ["192.0.2.86"]},
    "spread.my-app.com": {"A": ["192.0.2.87"]},
    "store.my-app.com": {"A": ["192.0.2.88"]},
    "big.my-app.com": {"TXT": [f"record {n:02d} " + "wirebook " * 12 for n in range(24)]},
}


def my_app_zone():
    lines = ["$TTL 300", "my-app.com. SOA ns1.my-app.com. admin.my-app.com. 1 1800 900 604800 60",
             "my-app.com. NS ns1.my-app.com.", "ns1.my-app.com. A 198.51.100.50"]
    for name, types in RECORDS.items():
        for kind, values in types.items():
            for value in values:
                text = f'"{value}"' if kind == "TXT" else value + "." * (kind == "CNAME")
                lines.append(f"{name}. {kind} {text}")
    return "\n".join(lines) + "\n"


def expected(name, kind):
    """rcode, addresses and aliases the zones hold for a question."""
    aliases = []
    while "CNAME" in RECORDS.get(name, {}) and kind != "CNAME":
        name = RECORDS[name]["CNAME"][0]
        aliases.append(name)
    rcode = "NOERROR" if name in RECORDS else "NXDOMAIN"
    addresses = RECORDS.get(name, {}).get(kind, []) if kind in ("A", "AAAA") else []
    return {"rcode": rcode, "addresses": addresses, **({"aliases": aliases} if aliases else {})}


COMMON = """
options {{
  directory "{directory}"; pid-file none; session-keyfile none; managed-keys-directory "{directory}";
  listen-on {{ any; }}; listen-on-v6 {{ any; }}; dnssec-validation no; allow-query {{ any; }};
  edns-udp-size 4096; max-udp-size 4096; rrset-order {{ order none; }}; {more}
}};
controls {{}};
logging {{ channel out {{ stderr; print-time iso8601; print-category yes; severity info; }};
  category default {{ out; }}; category queries {{ out; }}; category lame-servers {{ out; }}; }};
"""


class NameServer:
    def __init__(self, processes, directory, namespace, zones=(), recursive=False):
        self.processes, self.namespace = processes, namespace
        self.directory = Path(directory) / f"named-{namespace}"
        self.directory.mkdir()
        more = "recursion yes; allow-recursion { any; };" if recursive else "recursion no;"
        text = COMMON.format(directory=self.directory, more=more)
        for zone, content in dict(zones).items():
            file = (zone.strip(".") or "root") + ".zone"
            (self.directory / file).write_text(content)
            text += f'zone "{zone}" {{ type primary; file "{file}"; }};\n'
        if recursive:
            (self.directory / "hints").write_text(
                ". 3600000 NS a.root-servers.net.\na.root-servers.net. 3600000 A 198.51.100.18\n")
            text += 'zone "." { type hint; file "hints"; };\n'
        self.text = text
        self.option("")
        self.process = self.log = None
        self.mark = 0

    def option(self, statement):
        """One more statement in the options of named.conf, from its next start on: "qname-minimization off;"."""
        (self.directory / "named.conf").write_text(self.text.replace("options {", "options { " + statement, 1))

    def start(self):
        self.process = self.processes.start(
            inside(self.namespace, "named", "-f", "-c", self.directory / "named.conf"),
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.log = Lines(self.process.stderr)

    def ready(self):
        self.log.wait_for("running")

    def restart(self):
        """With empty caches."""
        self.processes.stop(self.process)
        self.start()
        self.ready()
        self.mark = 0

    def queries(self):
        """Questions since the last mark: [{time, clientAddress, clientPort, name, type, transport, edns}]."""
        found = []
        for line in self.log.lines[self.mark:]:
            if " queries: " not in line or " query: " not in line:
                continue
            words = line.split(" query: ")[1].split()  # name IN TYPE FLAGS (server address)
            client = next(word for word in line.split() if "#" in word)
            address, port = client.split("#")
            found.append({"name": words[0].lower(), "type": words[2], "clientAddress": address,
                          "clientPort": int(port), "transport": "tcp" if "T" in words[3] else "udp",
                          "edns": "E" in words[3]})
        return found


class Forwarder:
    """dnsmasq: passes questions on to the resolver, and keeps the answers."""

    def __init__(self, processes, namespace, address):
        self.processes, self.mark = processes, 0
        self.process = processes.start(
            inside(namespace, "dnsmasq", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-daemon",
                   "--bind-interfaces", f"--listen-address={address}", "--server=198.51.100.2",
                   "--log-queries=extra", "--log-facility=-"),
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.log = Lines(self.process.stderr)
        self.log.wait_for("using nameserver")

    def stop(self):
        self.processes.stop(self.process)

    def events(self):
        """Its own log since the last mark: "dnsmasq[7]: 1 192.168.0.10/5000 query[A] www.my-app.com from 192.168.0.10"."""
        line = re.compile(r"dnsmasq\[\d+\]: (\d+) ([0-9a-f.:]+)/(\d+) (\w+)(?:\[(\w+)\])? (\S+) ")
        return [match.groups() for match in map(line.search, self.log.lines[self.mark:]) if match]

    def queries(self):
        """As a NameServer's."""
        return [{"name": name.lower(), "type": kind, "clientAddress": address, "clientPort": int(port), "transport": "udp",
                 "edns": False} for _, address, port, what, kind, name in self.events() if what == "query"]

    def forwarded(self):
        """Of each question: the name, and whether it was passed on."""
        events = self.events()
        passed = {number for number, _, _, what, _, _ in events if what == "forwarded"}
        return [{"name": name, "type": kind, "passedOn": number in passed} for number, _, _, what, kind, name in events if what == "query"]


class NameSystem:
    def __init__(self, processes, directory):
        self.processes, self.forwarder = processes, None
        make = lambda *words, **options: NameServer(processes, directory, *words, **options)  # noqa: E731
        self.servers = {
            "root": make("root", {".": ROOT_ZONE}),
            "tld": make("tld", {"com": COM_ZONE, "net": NET_ZONE}),
            "auth": make("auth", {"my-app.com": my_app_zone()}),
            "resolver": make("resolver", recursive=True),
        }

    def up(self):
        for server in self.servers.values():
            server.start()
        for server in self.servers.values():
            server.ready()

    def mark(self):
        for server in [*self.servers.values(), *filter(None, [self.forwarder])]:
            server.mark = len(server.log.lines)

    def forward(self, namespace, address):
        """A forwarder in front of the resolver, until the next scenario; who asks it is for the scenario to say."""
        self.forwarder = Forwarder(self.processes, namespace, address)

    def cold(self, option=""):
        """The resolver with empty caches, and with one more option where a scenario wants one; no forwarder."""
        if self.forwarder is not None:
            self.forwarder.stop()
        self.forwarder = None
        self.servers["resolver"].option(option)
        self.servers["resolver"].restart()

    def asked(self):
        """What each name server was asked, by its own log."""
        return {name: server.queries() for name, server in self.servers.items() if name != "resolver"}
