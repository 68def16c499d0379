#!/usr/bin/env python3
"""A client that does exactly what its script says. usage: script.py START_TIME JSON [CA_FILE [KEYLOG_FILE]]

Begins at START_TIME (seconds since 1970), so that several of them act at once. The script is a list of steps:

  {"lookup": NAME}                           by the system's resolver; kept, as a browser does
  {"lookup": NAME, "port": 40053, "id": 7}   A question of its own making, from this port and with this id
  {"open": LABEL, "host": NAME, "port": 80, "from": 41000, "tls": true}    a connection (looks the name up if need be)
  {"get": PATH, "on": LABEL, "referer": URL, "host": NAME}
  {"get": PATH, "on": LABEL, "half": true, "answer": false}    closes its side behind the request; no answer is to come
  {"close": LABEL}, {"reset": LABEL}, {"wait": SECONDS}, {"until": TIME}
  {"leave": LABEL, "for": SECONDS}           stays open that long, beyond the end of this program
  {"try": STEPS}                             steps whose connection may break; what it said is in "failures"
  {"together": [STEPS, STEPS, ...]}          each list of steps in a thread of its own

One JSON document on stdout: "requests" by this program's own clock in the words of truth.json, and "connections".
"""
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time

clock = {"start": 0.0}
addresses, connections, requests, failures = {}, {}, [], []


def elapsed():
    return round((time.monotonic() - clock["start"]) * 1000, 3)


def question(name, port, identifier):
    """One A question over UDP; the first address of the answer."""
    server = next(line.split()[1] for line in open("/etc/resolv.conf") if line.startswith("nameserver"))
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asking.bind(("", port))
    asking.settimeout(5)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    asking.sendto(struct.pack("!6H", identifier, 0x100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, 1, 1), (server, 53))
    answer = asking.recv(4096)
    asking.close()
    return [socket.inet_ntoa(answer[-4:])]  # the lab's zones give one address, the last record


def lookup(name, port=None, identifier=None):
    if port is not None:
        addresses[name] = question(name, port, identifier)
        return
    found = socket.getaddrinfo(name, None, socket.AF_UNSPEC, socket.SOCK_STREAM)
    addresses[name] = [entry[4][0] for entry in found]


class Connection:
    def __init__(self, step, files):
        self.name, self.port = step["host"], step.get("port", 443 if step.get("tls") else 80)
        self.scheme = "https" if step.get("tls") else "http"
        if self.name not in addresses:
            lookup(self.name)
        self.address, self.data, self.asked, self.count, self.unanswered = addresses[self.name][0], b"", 0, 0, 0
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if "from" in step:
            self.socket.bind(("", step["from"]))
        self.looked_up = elapsed()
        self.socket.connect((self.address, self.port))
        self.connected, self.encrypted = elapsed(), None
        self.local = self.socket.getsockname()
        if step.get("tls"):
            context = ssl.create_default_context(cafile=files[0])
            if len(files) > 1:
                context.keylog_filename = files[1]
            self.socket = context.wrap_socket(self.socket, server_hostname=self.name)
            self.encrypted = elapsed()

    def receive(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed before the answer's end")
        self.data += chunk

    def get(self, path, referer=None, host=None, half=False, answer=True):
        host = host or self.name
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "User-Agent: script"] + ([f"Referer: {referer}"] if referer else [])
        asked, self.asked = elapsed(), self.asked + 1
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        if half:
            self.socket.shutdown(socket.SHUT_WR)
        if not answer:
            if self.socket.recv(65536):
                raise ConnectionError("an answer came")
            self.asked, self.unanswered = self.asked - 1, self.unanswered + 1
            return
        first = None
        while b"\r\n\r\n" not in self.data:
            self.receive()
            first = first or elapsed()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        length = int(fields["content-length"])
        while len(self.data) < length:
            self.receive()
        self.data = self.data[length:]
        new, self.count = self.count == 0, self.count + 1
        requests.append({
            "url": f"{self.scheme}://{host}{path}", "method": "GET", "httpCode": int(lines[0].split()[1]), "httpVersion": "1.1",
            "clientAddress": self.local[0], "clientPort": self.local[1], "serverAddress": self.address,
            "serverPort": self.port, "nameLookupMs": self.looked_up if new else None,
            "connectMs": self.connected if new else None, "appConnectMs": self.encrypted if new else None,
            "preTransferMs": asked, "startTransferMs": first, "totalMs": elapsed(), "sizeDownload": length, "sizeUpload": 0,
            "newConnection": new, "curlExit": 0, **({"referer": referer} if referer else {}),
            **({"location": fields["location"]} if "location" in fields else {})})

    def facts(self, label):
        return {"label": label, "host": self.name, "clientAddress": self.local[0], "clientPort": self.local[1],
                "serverAddress": self.address, "serverPort": self.port, "tls": self.encrypted is not None,
                "openedMs": self.looked_up, "requests": self.count, **({"unanswered": self.unanswered} if self.unanswered else {}),
                **({"broken": self.asked - self.count} if self.asked > self.count else {})}


def play(steps, files):
    for step in steps:
        if "lookup" in step:
            lookup(step["lookup"], step.get("port"), step.get("id"))
        elif "open" in step:
            connections[step["open"]] = Connection(step, files)
        elif "get" in step:
            connections[step["on"]].get(step["get"], step.get("referer"), step.get("host"), step.get("half", False), step.get("answer", True))
        elif "close" in step:
            connections[step["close"]].socket.close()
        elif "reset" in step:
            connections[step["reset"]].socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connections[step["reset"]].socket.close()
        elif "leave" in step:
            if os.fork() == 0:  # a child holds the socket too
                for stream in (0, 1, 2):
                    os.close(stream)
                time.sleep(step["for"])
                connections[step["leave"]].socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                os._exit(0)
        elif "until" in step:
            time.sleep(max(0.0, step["until"] - time.time()))
        elif "wait" in step:
            time.sleep(step["wait"])
        elif "try" in step:
            try:
                play(step["try"], files)
            except OSError as error:
                failures.append({"atMs": elapsed(), "says": error.strerror or str(error)})
        elif "together" in step:
            threads = [threading.Thread(target=play, args=(part, files)) for part in step["together"]]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()


script, files = json.loads(sys.argv[2]), sys.argv[3:]
time.sleep(max(0.0, float(sys.argv[1]) - time.time()))
clock["start"] = time.monotonic()
play(script, files)
for connection in connections.values():
    connection.socket.close()
time.sleep(0.1)  # a program that ends takes a processor from others that still measure
requests.sort(key=lambda record: record["preTransferMs"])
told = sorted((connection.facts(label) for label, connection in connections.items()), key=lambda facts: facts["openedMs"])
print(json.dumps({"requests": requests, "connections": told, "failures": failures}))
