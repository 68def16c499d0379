#!/usr/bin/env python3
"""An HTTP server whose answers differ in how their connection ends. usage: closing.py ADDRESS PORT [CERTIFICATE KEY]

  /four      answers; when the client closes, waits 0.2 s and closes too
  /half      answers only when the client has closed its side, 0.5 s later
  /abandon   reads until the client has closed its side, and closes without an answer
  /idle      answers, and closes when nothing has come for 1.5 s
  /at/TIME   answers, and closes at this time (seconds since 1970)
  /short     promises 100 bytes, sends 40, closes
  /long      promises 40 bytes, sends 100
  /NNN       answers with this status
  else       200, and closes when the client closes

With a certificate it speaks TLS, and answers the client's FIN with a close_notify of its own.
One JSON line on stdout for everything it does: the lab's truth about who closed first.
"""
import json
import socket
import ssl
import sys
import threading
import time

WORDS = {200: "OK", 404: "Not Found", 410: "Gone", 500: "Internal Server Error", 503: "Service Unavailable"}
PORT = int(sys.argv[2])


def say(event, peer, **facts):
    print(json.dumps({"event": event, "clientAddress": peer[0], "clientPortAtServer": peer[1],
                      "serverAddress": sys.argv[1], "serverPort": PORT, **facts}), flush=True)


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        data += chunk
    return data.decode("latin-1").split(" ", 2)[1]


def wait_for_end(connection):
    while connection.recv(65536):
        pass


def answer(connection, peer, path, status=200, body=b"x" * 200, promised=None):
    head = f"HTTP/1.1 {status} {WORDS.get(status, 'Other')}\r\nContent-Type: text/plain\r\n"
    connection.sendall(f"{head}Content-Length: {len(body) if promised is None else promised}\r\n\r\n".encode() + body)
    say("answered", peer, method="GET", uri=path, status=status, bodyBytesSent=len(body))


def serve(connection, peer):
    path = read_head(connection)
    while path:
        if path in ("/half", "/abandon"):
            wait_for_end(connection)
            if path == "/half":
                time.sleep(0.5)
                answer(connection, peer, path)
            return "client"
        if path == "/short":
            answer(connection, peer, path, body=b"x" * 40, promised=100)
            return "server"
        if path == "/long":
            answer(connection, peer, path, body=b"x" * 100, promised=40)
        elif path[1:].isdigit():
            answer(connection, peer, path, status=int(path[1:]), body=b"no\n")
        else:
            answer(connection, peer, path)
        if path.startswith("/at/"):
            time.sleep(max(0, float(path[4:]) - time.time()))
            return None
        connection.settimeout(1.5 if path == "/idle" else None)
        try:
            last, path = path, read_head(connection)
        except TimeoutError:
            return "server"
        if path is None and last == "/four":
            time.sleep(0.2)
    return "client"


def handle(raw, peer, context):
    try:
        connection = context.wrap_socket(raw, server_side=True) if context else raw
        by = serve(connection, peer)
        if context:
            connection.unwrap()
        say("closed", peer, by=by, how="fin")
    except OSError as error:
        say("closed", peer, by="client", how=f"{type(error).__name__}")
    finally:
        raw.close()
        if "connection" in locals():
            connection.close()


def main():
    context = None
    if len(sys.argv) > 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        context.num_tickets = 0
    listener = socket.create_server((sys.argv[1], PORT))
    print(json.dumps({"event": "listening"}), flush=True)
    while True:
        connection, peer = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        say("accepted", peer)
        threading.Thread(target=handle, args=(connection, peer, context), daemon=True).start()


if __name__ == "__main__":
    main()
