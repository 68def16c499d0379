#!/usr/bin/env python3
"""One wire: two TAP interfaces in two network namespaces and the delay between them.

usage: wire.py NS_A IF_A NS_B IF_B DELAY_MS [--tag-a ID] [--tag-b ID]

Says "ready" on stdout when both interfaces exist; they disappear when the process ends.
--tag-a/--tag-b ID: frames carry an 802.1Q tag on that side only (an access port's other end).

Commands, one JSON document a line on stdin:
  {"drop": {"to": "a"|"b", "sourcePort": 80, "minPayload": 1000, "nth": 12, "count": 1}}
  {"delay": {"to": "a"|"b", "version": 6, "sourcePort": 80, "ms": 300}}    every frame that matches, this much longer
  {"clear": true}
Each answers "ok". Every dropped frame is reported as one JSON line: the lab's truth about loss.
"""
import ctypes
import fcntl
import heapq
import json
import os
import select
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def open_tap(namespace, name):
    """A TAP interface in a namespace; the descriptor works from any other one."""
    descriptor = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    os.close(descriptor)
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


def untag(frame):
    return frame[:12] + frame[16:] if frame[12:14] == b"\x81\x00" else frame


def tag(frame, vlan):
    return frame[:12] + struct.pack("!HH", 0x8100, vlan) + frame[12:]


def describe(frame):
    """Addresses, ports, sequence number and payload length of a TCP/UDP frame, else None."""
    frame = untag(frame)
    ip = frame[14:]
    if frame[12:14] == b"\x08\x00":
        header, total, protocol = (ip[0] & 15) * 4, struct.unpack("!H", ip[2:4])[0], ip[9]
        family, addresses = socket.AF_INET, (ip[12:16], ip[16:20])
    elif frame[12:14] == b"\x86\xdd":
        header, total, protocol = 40, 40 + struct.unpack("!H", ip[4:6])[0], ip[6]
        family, addresses = socket.AF_INET6, (ip[8:24], ip[24:40])
    else:
        return None
    if protocol not in (6, 17):
        return None
    body = ip[header:total]
    source, destination = struct.unpack("!HH", body[:4])
    sender, receiver = (socket.inet_ntop(family, address) for address in addresses)
    facts = {
        "protocol": "tcp" if protocol == 6 else "udp",
        "sourceAddress": sender, "sourcePort": source,
        "destinationAddress": receiver, "destinationPort": destination,
    }
    if protocol == 6:
        facts["sequence"] = struct.unpack("!I", body[4:8])[0]
        facts["payloadBytes"] = len(body) - (body[12] >> 4) * 4
    else:
        facts["payloadBytes"] = len(body) - 8
    return facts


class Rule:
    """Frames to drop (`count` from the nth that matches) or to hold back for longer (all that match)."""

    def __init__(self, spec):
        self.spec, self.seen = spec, 0

    def matches(self, to, facts):
        spec = self.spec
        if facts is None or to != spec["to"] or facts["payloadBytes"] < spec.get("minPayload", 0):
            return False
        if "version" in spec and (":" in facts["sourceAddress"]) != (spec["version"] == 6):
            return False
        return "sourcePort" not in spec or facts["sourcePort"] == spec["sourcePort"]

    def hits(self, to, facts):
        if not self.matches(to, facts):
            return False
        self.seen += 1
        return self.spec["nth"] <= self.seen < self.spec["nth"] + self.spec.get("count", 1)


def main():
    arguments = sys.argv[1:]
    tags = {}
    for side in "ab":
        if f"--tag-{side}" in arguments:
            at = arguments.index(f"--tag-{side}")
            tags[side] = int(arguments[at + 1])
            del arguments[at:at + 2]
    ns_a, if_a, ns_b, if_b, delay_ms = arguments
    delay = float(delay_ms) / 1000
    taps = {"a": open_tap(ns_a, if_a), "b": open_tap(ns_b, if_b)}
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(20))
    except OSError:
        pass  # the delays are then less exact on a busy machine
    print("ready", flush=True)

    rules, late, queue, order = [], [], [], 0
    commands = b""
    while True:
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else None
        ready, _, _ = select.select([taps["a"], taps["b"], 0], [], [], wait)
        now = time.monotonic()
        for descriptor in ready:
            if descriptor == 0:
                chunk = os.read(0, 65536)
                if not chunk:
                    return
                commands += chunk
                while b"\n" in commands:
                    line, commands = commands.split(b"\n", 1)
                    command = json.loads(line)
                    if "drop" in command:
                        rules.append(Rule(command["drop"]))
                    if "delay" in command:
                        late.append(Rule(command["delay"]))
                    if "clear" in command:
                        rules.clear()
                        late.clear()
                    print("ok", flush=True)
                continue
            side, to = ("a", "b") if descriptor == taps["a"] else ("b", "a")
            try:
                frame = os.read(descriptor, 65536)
            except BlockingIOError:
                continue
            if side in tags:
                frame = untag(frame)
            facts = describe(frame) if rules or late else None
            if any([rule.hits(to, facts) for rule in rules]):
                print(json.dumps({"dropped": facts}), flush=True)
                continue
            if to in tags:
                frame = tag(frame, tags[to])
            order += 1
            more = sum(rule.spec["ms"] for rule in late if rule.matches(to, facts)) / 1000
            heapq.heappush(queue, (now + delay + more, order, to, frame))
        while queue and queue[0][0] <= time.monotonic():
            _, _, to, frame = heapq.heappop(queue)
            try:
                os.write(taps[to], frame)
            except OSError:
                pass  # interface down


if __name__ == "__main__":
    main()
