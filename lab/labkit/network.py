"""The lab's network: namespaces, links, addresses, routes, NAT. No link to the host.

    pc, pc2, pc3 --switch-- gw ~8 ms~ isp ~2 ms~ resolver
                          isp ~12 ms~ root, ~10 ms~ tld, ~6 ms~ auth
                          isp ~4 ms~ dc (switch, frames tagged VLAN 100) ~0~ web
                          isp ~7 ms~ transit ~0~ dc: the way back of 192.0.2.83 alone
                                                 dc ~0~ proxy --rack (switch)-- app1, app2

`~` is a wire (wire.py): its delay is one way. pc to web and back takes 24 ms, to the resolver 20 ms.
"""
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

from .shell import PREFIX, Lines, Processes, inside, run

VLAN = 100
CLIENTS = ["pc", "pc2", "pc3"]
# veth pairs at home: namespace and interface, the switch's port
HOME = [(name, "eth0", name) for name in CLIENTS] + [("gw", "lan", "gw")]
# and behind the proxy
RACK = [("proxy", "back", "proxy"), ("app1", "eth0", "app1"), ("app2", "eth0", "app2")]
NAMES = [*CLIENTS, "switch", "gw", "isp", "resolver", "root", "tld", "auth", "dc", "web", "transit", "proxy", "rack", "app1", "app2"]
ROUTERS = ("gw", "isp", "transit", "proxy")
OUTSIDE = "203.0.113.2"

# namespace, interface, IPv4, IPv6
INTERFACES = [
    ("pc", "eth0", "192.168.0.10/24", "2001:db8:1::10/64"),
    ("pc2", "eth0", "192.168.0.11/24", "2001:db8:1::11/64"),
    ("pc3", "eth0", "192.168.0.12/24", "2001:db8:1::12/64"),
    ("gw", "lan", "192.168.0.1/24", "2001:db8:1::1/64"),
    ("gw", "wan", OUTSIDE + "/24", "2001:db8:ff::2/64"),
    ("isp", "cust", "203.0.113.1/24", "2001:db8:ff::1/64"),
    ("isp", "res", "198.51.100.1/28", "2001:db8:53::1/64"),
    ("resolver", "eth0", "198.51.100.2/28", "2001:db8:53::2/64"),
    ("isp", "root", "198.51.100.17/28", None),
    ("root", "eth0", "198.51.100.18/28", None),
    ("isp", "tld", "198.51.100.33/28", None),
    ("tld", "eth0", "198.51.100.34/28", None),
    ("isp", "auth", "198.51.100.49/28", None),
    ("auth", "eth0", "198.51.100.50/28", None),
    ("isp", "dc", "192.0.2.1/24", "2001:db8:80::1/64"),
    ("web", "eth0", "192.0.2.80/24", "2001:db8:80::80/64"),
    ("isp", "back", "198.51.100.65/28", None),
    ("transit", "isp", "198.51.100.66/28", None),
    ("transit", "dc", "192.0.2.3/24", None),
    ("proxy", "eth0", "192.0.2.84/24", None),
    ("proxy", "back", "10.0.0.1/24", None),
    ("app1", "eth0", "10.0.0.11/24", None),
    ("app2", "eth0", "10.0.0.12/24", None),
]
# more addresses of the web server's interface: 81 behaves oddly (servers/odd.py), 82 speaks HTTP/2,
# 101-140 are the forty addresses of many.my-app.com; 90 is nobody, dropped by a firewall at the ISP (IPv6 too)
WEB_MORE = ["192.0.2.81", "192.0.2.82"] + [f"192.0.2.{n}" for n in range(101, 141)]
WEB_BACK = "192.0.2.83"  # the server whose answers take another way
PROXY_MORE = [f"192.0.2.{n}" for n in range(85, 89)]  # see rack.py
WEB_SHUT6 = "2001:db8:80::81"  # nobody listens there

# name: namespace A, interface A, namespace B, interface B, one-way delay in ms, tagged side
WIRES = {
    "home": ("gw", "wan", "isp", "cust", 8, None),
    "resolver": ("isp", "res", "resolver", "eth0", 2, None),
    "root": ("isp", "root", "root", "eth0", 12, None),
    "tld": ("isp", "tld", "tld", "eth0", 10, None),
    "auth": ("isp", "auth", "auth", "eth0", 6, None),
    "trunk-isp": ("isp", "dc", "dc", "port1", 4, "b"),
    "trunk-web": ("dc", "port2", "web", "eth0", 0, "a"),
    "trunk-transit": ("dc", "port3", "transit", "dc", 0, "a"),
    "back": ("transit", "isp", "isp", "back", 7, None),
    "trunk-proxy": ("dc", "port4", "proxy", "eth0", 0, "a"),
}

NAT = f"""
table ip nat {{
  chain post {{
    type nat hook postrouting priority srcnat;
    oifname "wan" meta l4proto {{ tcp, udp }} masquerade to :20000-29999 fully-random
    oifname "wan" masquerade
  }}
}}
"""
SILENT_FIREWALL = """
table inet firewall {
  chain forward { type filter hook forward priority filter; ip daddr 192.0.2.90 drop; ip6 daddr 2001:db8:80::90 drop; }
}
"""
SYSCTLS = {
    "net.ipv4.conf.all.rp_filter": 0, "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv6.conf.all.accept_dad": 0, "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.all.accept_ra": 0, "net.ipv6.conf.default.accept_ra": 0,
    "net.ipv6.conf.all.router_solicitations": 0, "net.ipv6.conf.default.router_solicitations": 0,
    "net.ipv4.tcp_no_metrics_save": 1, "net.ipv4.tcp_congestion_control": "reno",  # every kernel has it
}


def mac_of(address):
    return "02:00:" + ":".join(f"{int(part):02x}" for part in address.split("/")[0].split("."))


class Wire:
    def __init__(self, processes, name, spec):
        ns_a, if_a, ns_b, if_b, delay, tagged = spec
        self.name = name
        options = [f"--tag-{tagged}", VLAN] if tagged else []
        self.process = processes.start(
            [sys.executable, "-B", Path(__file__).with_name("wire.py"), PREFIX + ns_a, if_a,
             PREFIX + ns_b, if_b, delay, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.output, self.start = Lines(self.process.stdout), 0

    def command(self, document):
        self.process.stdin.write(json.dumps(document) + "\n")
        self.process.stdin.flush()
        self.output.wait_for("ok")

    def mark(self):
        self.start = len(self.output.lines)

    def dropped_since_mark(self):
        return [json.loads(line)["dropped"] for line in self.output.lines[self.start:] if "dropped" in line]


class Network:
    def __init__(self):
        self.processes = Processes()
        self.wires = {}
        self.lock = None
        self.translates_otherwise = False
        self.resolv = [Path("/etc/netns") / (PREFIX + name) / "resolv.conf" for name in CLIENTS]

    def clean(self):
        self.lock = open("/run/wirebook-lab.lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)  # one lab at a time on a machine
        self.remove_namespaces()  # of a run that was killed

    def up(self):
        self.clean()
        for name in NAMES:
            run("ip", "netns", "add", PREFIX + name)
            run(*inside(name, "ip", "link", "set", "lo", "up"))
            settings = {**SYSCTLS, "net.ipv4.ip_forward": int(name in ROUTERS),
                        "net.ipv6.conf.all.forwarding": int(name in ROUTERS)}
            run(*inside(name, "sysctl", "-qw", *[f"{key}={value}" for key, value in settings.items()]))
        self.switch("switch", "home", HOME)
        self.switch("rack", "rack", RACK)
        self.offload(False)
        for name, spec in WIRES.items():
            self.wires[name] = Wire(self.processes, name, spec)
        for wire in self.wires.values():
            wire.output.wait_for("ready")
        for namespace, interface, ipv4, ipv6 in INTERFACES:
            link = ["ip", "-n", PREFIX + namespace]
            run(*link, "link", "set", "dev", interface, "address", mac_of(ipv4), "up")
            run(*link, "addr", "add", ipv4, "dev", interface)
            if ipv6:
                run(*link, "addr", "add", ipv6, "dev", interface, "nodad")
        for name, addresses in (("web", [*WEB_MORE, WEB_BACK]), ("proxy", PROXY_MORE)):
            for address in addresses:
                run("ip", "-n", PREFIX + name, "addr", "add", address + "/32", "dev", "eth0")
        run("ip", "-n", PREFIX + "web", "addr", "add", WEB_SHUT6 + "/128", "dev", "eth0", "nodad")
        self.datacentre_switch()
        self.routes()
        self.translate()
        run(*inside("isp", "nft", "-f", "-"), stdin=SILENT_FIREWALL)
        self.stub("198.51.100.2")

    def switch(self, namespace, bridge, ports):
        link = ["ip", "-n", PREFIX + namespace, "link"]
        run(*link, "add", bridge, "type", "bridge")
        run(*inside(namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"))
        for name, interface, port in ports:
            run("ip", "link", "add", interface, "netns", PREFIX + name, "type", "veth",
                "peer", "name", port, "netns", PREFIX + namespace)
            run(*link, "set", "dev", port, "master", bridge, "up")
        run(*link, "set", bridge, "up")

    def translate(self, rules=NAT):
        """The gateway's translation, or another one; what it remembers of the old one goes."""
        run(*inside("gw", "nft", "flush", "ruleset"))
        run(*inside("gw", "nft", "-f", "-"), stdin=rules)
        run(*inside("gw", "conntrack", "-F"))
        self.translates_otherwise = rules != NAT

    def datacentre_switch(self):
        link = ["ip", "-n", PREFIX + "dc", "link"]
        run(*link, "add", "trunk", "type", "bridge")
        run(*inside("dc", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"))
        for port in ("port1", "port2", "port3", "port4"):
            run(*link, "set", "dev", port, "master", "trunk", "up")
        run(*link, "set", "trunk", "up")

    def routes(self):
        default = {**{name: ("192.168.0.1", "2001:db8:1::1") for name in CLIENTS}, "gw": ("203.0.113.1", "2001:db8:ff::1"),
                   "resolver": ("198.51.100.1", "2001:db8:53::1"), "root": ("198.51.100.17", None),
                   "tld": ("198.51.100.33", None), "auth": ("198.51.100.49", None),
                   "web": ("192.0.2.1", "2001:db8:80::1"), "transit": ("198.51.100.65", None), "proxy": ("192.0.2.1", None),
                   "app1": ("10.0.0.1", None), "app2": ("10.0.0.1", None)}
        for name, (ipv4, ipv6) in default.items():
            run("ip", "-n", PREFIX + name, "route", "add", "default", "via", ipv4)
            if ipv6:
                run("ip", "-n", PREFIX + name, "-6", "route", "add", "default", "via", ipv6)
        run("ip", "-n", PREFIX + "isp", "-6", "route", "add", "2001:db8:1::/64", "via", "2001:db8:ff::2")
        run("ip", "-n", PREFIX + "web", "rule", "add", "from", WEB_BACK, "lookup", "83")
        run("ip", "-n", PREFIX + "web", "route", "add", "192.0.2.0/24", "dev", "eth0", "table", "83")
        run("ip", "-n", PREFIX + "web", "route", "add", "default", "via", "192.0.2.3", "table", "83")

    def offload(self, on):
        """Segmentation and checksum offload of the home links (veth pairs); never of those behind the proxy."""
        ends = [end for name, interface, port in HOME for end in ((name, interface), ("switch", port))]
        if not on:
            ends += [end for name, interface, port in RACK for end in ((name, interface), ("rack", port))]
        for namespace, interface in ends:
            state = "on" if on else "off"
            run(*inside(namespace, "ethtool", "-K", interface, "tx", state, "rx", state,
                        "tso", state, "gso", state, "gro", state))

    def stub(self, nameserver, options=""):
        """The clients' /etc/resolv.conf."""
        for file in self.resolv:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"nameserver {nameserver}\n" + (f"options {options}\n" if options else ""))

    def forget_neighbours(self, names=NAMES):
        for name in names:
            run("ip", "-n", PREFIX + name, "neigh", "flush", "all")
            run("ip", "-n", PREFIX + name, "-6", "neigh", "flush", "all")

    def remove_namespaces(self):
        present = run("ip", "netns", "list").split()
        for name in NAMES:
            if PREFIX + name in present:
                for pid in run("ip", "netns", "pids", PREFIX + name).split():
                    os.kill(int(pid), 9)  # only a killed run of this lab leaves any
                run("ip", "netns", "del", PREFIX + name)
        for file in self.resolv:
            if not file.parent.is_dir():
                continue
            file.unlink(missing_ok=True)
            file.parent.rmdir()
            try:
                file.parent.parent.rmdir()
            except OSError:
                pass  # somebody else's entries, or another client's

    def down(self):
        self.processes.stop_all()
        if self.lock:
            self.remove_namespaces()
            self.lock.close()


def hosts():
    """name -> addresses and MAC, as the truth files give them."""
    found = {}
    for namespace, interface, ipv4, ipv6 in INTERFACES:
        name = namespace if interface == "eth0" else f"{namespace}-{interface}"
        addresses = [address.split("/")[0] for address in (ipv4, ipv6) if address]
        if namespace == "web":
            addresses += [*WEB_MORE[:2], WEB_BACK, WEB_SHUT6]
        if name == "proxy":
            addresses += PROXY_MORE
        found[name] = {"addresses": addresses, "mac": mac_of(ipv4)}
    return found
