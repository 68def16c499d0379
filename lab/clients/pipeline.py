#!/usr/bin/env python3
"""Sends several GET requests at once on one connection. usage: pipeline.py HOST PATH ...

One JSON document on stdout: a request record for each, by this program's own clock, in the words of truth.json.
"""
import json
import socket
import sys
import time

host, paths = sys.argv[1], sys.argv[2:]
start = time.monotonic()


def elapsed():
    return round((time.monotonic() - start) * 1000, 3)


address = socket.getaddrinfo(host, 80, socket.AF_INET, socket.SOCK_STREAM)[0][4]
looked_up = elapsed()
connection = socket.create_connection(address)
connected = elapsed()
connection.sendall(b"".join(
    f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: pipeline\r\n\r\n".encode() for path in paths))
local = connection.getsockname()
records, data = [], b""
for number, path in enumerate(paths):
    first = elapsed() if data else None
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
        first = first or elapsed()
    head, data = data.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
    while len(data) < length:
        data += connection.recv(65536)
    data = data[length:]
    records.append({
        "url": f"http://{host}{path}", "method": "GET", "httpCode": int(lines[0].split()[1]), "httpVersion": "1.1",
        "clientAddress": local[0], "clientPort": local[1], "serverAddress": address[0], "serverPort": address[1],
        "nameLookupMs": looked_up, "connectMs": connected, "appConnectMs": None, "preTransferMs": connected,
        "startTransferMs": first, "totalMs": elapsed(), "sizeDownload": length, "sizeUpload": 0,
        "newConnection": number == 0, "curlExit": 0, "pipelined": True})
connection.close()
print(json.dumps(records))
