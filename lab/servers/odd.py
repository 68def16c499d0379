#!/usr/bin/env python3
"""An HTTP server that does what a good one does not. usage: odd.py ADDRESS PORT

  /bye      answers without a length and closes at once: the end of the connection is the end of the answer
  /reset    promises 20000 bytes, sends 8000, waits, resets the connection
  /later    answers, and closes half a second later though the client would go on
  /upload   reads the whole body, answers 201
  else      404, keeps the connection until the client closes

One JSON line on stdout for everything it does: the lab's truth about who closed first.
"""
import json
import socket
import struct
import sys
import threading
import time


def say(event, peer, **facts):
    print(json.dumps({"event": event, "clientAddress": peer[0], "clientPortAtServer": peer[1], **facts}), flush=True)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    length = int(headers.get("content-length", 0))
    if headers.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    while len(body) < length:
        body += connection.recv(65536)
    return method, path, len(body)


def serve(connection, peer):
    request = read_request(connection)
    while request:
        method, path, received = request
        status, body, headers = 404, b"not here\n", ["Content-Type: text/plain"]
        if path == "/bye":
            status, body = 200, b"That was all. Good bye.\n" * 40
            headers.append("Connection: close")
        elif path == "/reset":
            status, body = 200, b"0123456789abcdef" * 500
            headers.append("Content-Length: 20000")
        elif path == "/later":
            status, body = 200, b"More in a moment.\n"
        elif path == "/upload":
            status, body = 201, f"received {received} bytes\n".encode()
        if path not in ("/bye", "/reset"):
            headers.append(f"Content-Length: {len(body)}")
        words = {200: "OK", 201: "Created", 404: "Not Found"}
        connection.sendall("\r\n".join([f"HTTP/1.1 {status} {words[status]}", *headers, "", ""]).encode() + body)
        say("answered", peer, method=method, uri=path, status=status, bodyBytesReceived=received, bodyBytesSent=len(body))
        if path == "/bye":
            connection.close()
            say("closed", peer, by="server", how="fin")
            return
        if path == "/reset":
            time.sleep(0.1)  # all 8000 bytes are out and acknowledged
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            say("closed", peer, by="server", how="reset")
            return
        if path == "/later":
            time.sleep(0.5)
            connection.close()
            say("closed", peer, by="server", how="fin")
            return
        request = read_request(connection)
    say("closed", peer, by="client", how="fin")
    connection.close()


def main():
    listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
    print(json.dumps({"event": "listening"}), flush=True)
    while True:
        connection, peer = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        say("accepted", peer)
        threading.Thread(target=serve, args=(connection, peer), daemon=True).start()


if __name__ == "__main__":
    main()
