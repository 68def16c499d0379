"""DNS over HTTPS (RFC 8484) by HTTP/1.1: asks a resolver over UDP and hands its answer on. doh.py ADDRESS PORT CERTIFICATE KEY RESOLVER"""
import base64
import socket
import ssl
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

address, port, certificate, key, resolver = sys.argv[1:]
TYPE = "application/dns-message"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        coded = parse_qs(urlsplit(self.path).query)["dns"][0]
        self.answer(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)))

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["content-length"])), chunked=True)

    def answer(self, question, chunked=False):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(5)
            asking.sendto(question, (resolver, 53))
            told = asking.recv(4096)
        self.send_response(200)
        self.send_header("Content-Type", TYPE)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            half = len(told) // 2
            told = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (told[:half], told[half:])) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
        print(self.command, flush=True)


server = HTTPServer((address, int(port)), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
Handler.log_message = lambda *_: None
print("listening", flush=True)
server.serve_forever()
