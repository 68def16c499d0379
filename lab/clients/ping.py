#!/usr/bin/env python3
"""Asks for an echo (RFC 792) and waits for it. usage: ping.py ADDRESS COUNT IDENTIFIER; says how many answers came."""
import os
import socket
import struct
import sys
import time


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


address, count, identifier = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
raw.settimeout(1)
answers = 0
for number in range(1, count + 1):
    message = struct.pack("!BBHHH", 8, 0, 0, identifier, number) + os.urandom(32)
    raw.sendto(message[:2] + struct.pack("!H", checksum(message)) + message[4:], (address, 0))
    end = time.monotonic() + 1
    try:
        while time.monotonic() < end:
            packet = raw.recv(2048)
            answer = packet[(packet[0] & 15) * 4:]
            if answer[0] == 0 and struct.unpack("!HH", answer[4:8]) == (identifier, number):
                answers += 1
                break
    except TimeoutError:
        pass
    time.sleep(0.1)
print(answers)
