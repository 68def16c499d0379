#!/usr/bin/env python3
"""Looks for the routers on a way, as traceroute does. usage: trace.py udp|icmp ADDRESS MOST_HOPS

Sends one probe for each hop limit from 1 on and waits for its answer. One JSON document on stdout: of each probe its hop limit,
who answered (null: nobody did) and whether that was the end. UDP answers are those of the socket's error queue (ip(7), IP_RECVERR).
"""
import json
import os
import select
import socket
import struct
import sys
import time

how, address, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
six = ":" in address
FAMILY = socket.AF_INET6 if six else socket.AF_INET
LEVEL = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
LIMIT = socket.IPV6_UNICAST_HOPS if six else socket.IP_TTL
RECVERR = 25 if six else 11  # IPV6_RECVERR, IP_RECVERR of linux/in.h
PORT_UNREACHABLE = (1, 4) if six else (3, 3)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def by_udp(hop_limit):
    with socket.socket(FAMILY, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(LEVEL, RECVERR, 1)
        probe.setsockopt(LEVEL, LIMIT, hop_limit)
        probe.sendto(b"wirebook lab probe", (address, 33433 + hop_limit))
        waiting = select.poll()
        waiting.register(probe, select.POLLERR)
        if not waiting.poll(1000):
            return None, False
        _, ancillary, _, _ = probe.recvmsg(512, 512, socket.MSG_ERRQUEUE)
        # struct sock_extended_err, and the sockaddr of who complained behind it
        error = next(data for level, kind, data in ancillary if level == LEVEL and kind == RECVERR)
        kind, code = error[5], error[6]
        offender = error[16 + 8:16 + 24] if six else error[16 + 4:16 + 8]
        return socket.inet_ntop(FAMILY, offender), (kind, code) == PORT_UNREACHABLE


def by_icmp(hop_limit):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as probe:
        probe.setsockopt(LEVEL, LIMIT, hop_limit)
        probe.settimeout(1)
        head = struct.pack("!BBHHH", 8, 0, 0, 4711, hop_limit) + os.urandom(32)
        probe.sendto(head[:2] + struct.pack("!H", checksum(head)) + head[4:], (address, 0))
        end = time.monotonic() + 1
        try:
            while time.monotonic() < end:
                packet, (source, _) = probe.recvfrom(2048)
                answer = packet[(packet[0] & 15) * 4:]
                if answer[0] in (0, 11):
                    return source, answer[0] == 0
        except TimeoutError:
            pass
        return None, False


found = []
for limit in range(1, most + 1):
    who, is_end = (by_icmp if how == "icmp" else by_udp)(limit)
    found.append({"hopLimit": limit, "answeredBy": who, "end": is_end})
    if is_end:
        break
    time.sleep(0.05)
print(json.dumps(found))
