#!/usr/bin/env python3
"""Answers an HTTP/1.1 request for "Upgrade: h2c" with 101 and goes on in HTTP/2 (RFC 7540 section 3.2). usage: h2c_upgrade.py ADDRESS PORT

Just enough of HTTP/2 for curl: literal header fields, one frame of DATA; requests on later streams are answered alike, whatever
they ask. One JSON line on stdout for everything it answers: the lab's truth.
"""
import json
import socket
import struct
import sys
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, GOAWAY = 0, 1, 4, 6, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    return bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def answer(connection, peer, stream):
    body = f"stream {stream} after an upgrade\n".encode()
    fields = bytes([0x88]) + field("content-type", "text/plain") + field("content-length", str(len(body)))
    connection.sendall(frame(HEADERS, END_HEADERS, stream, fields) + frame(DATA, END_STREAM, stream, body))
    say("answered", clientAddress=peer[0], clientPortAtServer=peer[1], stream=stream, status=200, bodyBytesSent=len(body))


class Reader:
    def __init__(self, connection):
        self.connection, self.held = connection, b""

    def take(self, length):
        while len(self.held) < length:
            more = self.connection.recv(65536)
            if not more:
                raise EOFError
            self.held += more
        taken, self.held = self.held[:length], self.held[length:]
        return taken

    def head(self):
        while b"\r\n\r\n" not in self.held:
            self.held += self.connection.recv(65536) or sys.exit()
        head, self.held = self.held.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")


def serve(connection, peer):
    reader = Reader(connection)
    try:
        if "upgrade: h2c" not in reader.head().lower():
            return
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + frame(SETTINGS, 0, 0))
        if reader.take(len(PREFACE)) != PREFACE:
            return
        answer(connection, peer, 1)
        while True:
            head = reader.take(9)
            length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            payload, stream = reader.take(length), int.from_bytes(head[5:], "big")
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                connection.sendall(frame(PING, ACK, 0, payload))
            elif kind == HEADERS:
                answer(connection, peer, stream)
            elif kind == GOAWAY:
                return
    except (EOFError, ConnectionError):
        pass
    finally:
        connection.close()


def main():
    listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
    say("listening")
    while True:
        connection, peer = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(connection, peer), daemon=True).start()


if __name__ == "__main__":
    main()
