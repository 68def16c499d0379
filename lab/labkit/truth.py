"""Puts together what curl, the servers, conntrack and the wires knew. Never reads a packet."""
import json
import re
import subprocess
from urllib.parse import urlsplit

from .dns import expected
from .network import OUTSIDE, hosts
from .shell import Lines, inside


class Translations:
    """The gateway's NAT table, as conntrack tells it."""

    def __init__(self, processes):
        process = processes.start(inside("gw", "conntrack", "-E", "-e", "NEW", "-f", "ipv4"),
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.log, self.start = Lines(process.stdout), 0

    def mark(self):
        self.start = len(self.log.lines)

    def read(self):
        found = []
        for line in self.log.lines[self.start:]:
            protocol = re.search(r"\[NEW\] (\w+)", line)
            tuples = re.findall(r"src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)", line)
            if protocol and len(tuples) == 2:
                (inside_address, remote, inside_port, remote_port), (_, outside_address, _, outside_port) = tuples
                found.append({"protocol": protocol[1], "insideAddress": inside_address, "insidePort": int(inside_port),
                              "outsideAddress": outside_address, "outsidePort": int(outside_port),
                              "remoteAddress": remote, "remotePort": int(remote_port)})
        return found


def inside_end(nat, protocol, address, port, server_port):
    """The client's own address and port for those a server saw."""
    for entry in nat if address == OUTSIDE else ():
        if (entry["protocol"], entry["outsidePort"], entry["remotePort"]) == (protocol, port, server_port):
            return {"clientAddress": entry["insideAddress"], "clientPort": entry["insidePort"]}
    return {"clientAddress": address, "clientPort": port}


def inside_port(nat, protocol, port, server_port):
    return inside_end(nat, protocol, OUTSIDE, port, server_port)["clientPort"]


def who_closed(web, served, nat):
    """One entry a TCP connection that a server accepted: who closed first, and how the lab knows."""
    found, closed, seen = [], web.client_closed(), set()
    for entry in served:
        number = entry["connection"]
        if number not in seen:
            seen.add(number)
            found.append({
                **inside_end(nat, "tcp", entry["clientAddress"], entry["clientPortAtServer"], entry["serverPort"]),
                "serverAddress": entry["serverAddress"], "serverPort": entry["serverPort"],
                "who": "client" if number in closed else None,
                "evidence": f"nginx: {closed[number]}" if number in closed else "none"})
    for event in web.odd_events():
        if event["event"] == "closed":
            found.append({
                **inside_end(nat, "tcp", event["clientAddress"], event["clientPortAtServer"], event.get("serverPort", 80)),
                "serverAddress": "192.0.2.81", "serverPort": event.get("serverPort", 80), "who": event["by"],
                "evidence": f"{'closing.py' if 'serverPort' in event else 'odd.py'}: closed by {event['by']}, {event['how']}"})
    return found


def questions(names, nat):
    """What the clients' resolver was asked, with the answer that the zones hold."""
    found = []
    for asked in (names.forwarder or names.servers["resolver"]).queries():
        client = inside_end(nat, asked["transport"], asked["clientAddress"], asked["clientPort"], 53)
        found.append({"name": asked["name"], "type": asked["type"], "transport": asked["transport"],
                      "edns": asked["edns"], **client, **expected(asked["name"], asked["type"])})
    return found


def lost_frames(wires, nat):
    found = []
    for wire in wires.values():
        for frame in wire.dropped_since_mark():
            own = inside_end(nat, frame["protocol"], frame["sourceAddress"], frame["sourcePort"], frame["destinationPort"])
            from_client = own["clientAddress"] != frame["sourceAddress"]
            found.append({"wire": wire.name, **frame, "clientPort": own["clientPort"] if from_client else inside_port(
                nat, frame["protocol"], frame["destinationPort"], frame["sourcePort"]),
                **({"fromClient": True} if from_client else {})})
    return found


def fill_unconnected(requests, nat):
    """curl tells no port of a connection that did not come about: conntrack saw it."""
    for request in requests:
        port = urlsplit(request["url"]).port or {"http": 80, "https": 443}[urlsplit(request["url"]).scheme]
        for entry in nat:
            if request["clientPort"] is None and (entry["protocol"], entry["remotePort"]) == ("tcp", port):
                request.update(clientAddress=entry["insideAddress"], clientPort=entry["insidePort"], newConnection=True,
                               serverAddress=entry["remoteAddress"], serverPort=entry["remotePort"])


def assemble(name, lab, captures):
    nat = lab.translations.read()
    # What a proxy on the server's own machine asks it crosses no interface of the lab.
    served = [entry for entry in lab.web.requests() if entry["clientAddress"] != entry["serverAddress"]]
    fill_unconnected(lab.requests, nat)
    return {
        "schema": 1, "scenario": name, "captures": captures, "hosts": hosts(),
        "requests": lab.requests, "closedFirst": who_closed(lab.web, served, nat),
        "dns": questions(lab.names, nat), "nat": nat, "lost": lost_frames(lab.network.wires, nat),
        "server": served + [event for event in lab.web.odd_events() if event["event"] == "answered"],
        **({"proxy": lab.rack.proxied(), "origin": lab.rack.answered()} if lab.rack.running else {}),
        "expect": lab.expect,
    }


def written(facts):
    """JSON with one line for every member of a list or of an inner object: easy to read and to compare."""
    dump = lambda value: json.dumps(value, ensure_ascii=False)  # noqa: E731
    lines = []
    for key, value in facts.items():
        if isinstance(value, list) and value:
            text = "[\n  " + ",\n  ".join(map(dump, value)) + "\n ]"
        elif isinstance(value, dict) and value:
            text = "{\n  " + ",\n  ".join(f"{dump(name)}: {dump(inner)}" for name, inner in value.items()) + "\n }"
        else:
            text = dump(value)
        lines.append(f" {dump(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
