#!/usr/bin/env python3
"""The application behind the proxy. usage: origin.py ADDRESS PORT NAME

  /health     what health checks ask for
  /           may be kept for a minute
  /short      may be kept for a second, then has to be asked after (ETag)
  /personal   must not be kept

One JSON line on stdout for every answer: who asked, with which words of the proxy.
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

NAME = sys.argv[3]
KEEP = {"/": "max-age=60", "/short": "max-age=1", "/personal": "no-store", "/health": "no-store"}
TOLD = ["Host", "X-Forwarded-For", "Forwarded", "Via", "X-Request-Id", "traceparent", "If-None-Match"]


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        known = self.path in KEEP
        tag = f'"{NAME}{self.path}"'
        body = f"{self.path} of {NAME}\n".encode() if known else b"not here\n"
        fresh = known and self.headers.get("If-None-Match") == tag
        status = 304 if fresh else 200 if known else 404
        self.send_response_only(status)
        self.send_header("Cache-Control", KEEP.get(self.path, "no-store"))
        if known:
            self.send_header("ETag", tag)
        if status != 304:
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304 and self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()
        words = {name: self.headers[name] for name in TOLD if self.headers.get(name)}
        say = {"event": "answered", "server": NAME, "clientAddress": self.client_address[0],
               "clientPort": self.client_address[1], "method": self.command, "path": self.path, "status": status, "headers": words}
        print(json.dumps(say), flush=True)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        TCPServer.server_bind(self)  # HTTPServer's own asks the name system who it is
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        pass  # a health check that resets


with Server((sys.argv[1], int(sys.argv[2])), Origin) as server:
    print(json.dumps({"event": "listening"}), flush=True)
    server.serve_forever()
