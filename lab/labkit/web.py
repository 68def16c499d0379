"""The lab's web servers: nginx for what a web server usually does, servers/odd.py and closing.py for the rest."""
import json
import random
import re
import subprocess
import sys
from pathlib import Path

from .network import WEB_BACK, WEB_MORE
from .shell import Lines, inside, run, wait_until

LOG_FORMAT = """log_format truth escape=json '{"connection":"$connection","connectionRequests":"$connection_requests",'
  '"clientAddress":"$remote_addr","clientPortAtServer":"$remote_port","serverAddress":"$server_addr","serverPort":"$server_port",'
  '"request":"$request","method":"$request_method","host":"$host","uri":"$request_uri","protocol":"$server_protocol",'
  '"status":"$status","bodyBytesSent":"$body_bytes_sent","bytesSent":"$bytes_sent","requestBytes":"$request_length",'
  '"requestSeconds":"$request_time","completed":"$request_completion","tlsVersion":"$ssl_protocol","tlsCipher":"$ssl_cipher",'
  '"tlsServerName":"$ssl_server_name","tlsAlpn":"$ssl_alpn_protocol","tlsReused":"$ssl_session_reused"}';"""

CONFIG = """
load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off; worker_processes 1; user root; pid {directory}/nginx.pid; error_log {directory}/error.log info;
events {{ }}
http {{
  {log_format}
  access_log {directory}/access.log truth;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  types {{ text/html html; text/css css; application/octet-stream bin; }}
  ssl_certificate {directory}/site.crt; ssl_certificate_key {directory}/site.key; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:lab:1m;
  keepalive_timeout 65; server_tokens off;
  server {{
    listen 192.0.2.80:80; server_name my-app.com; root {directory}/site;
    location / {{ return 301 http://www.my-app.com/home.html; }}
    location = /moved {{ return 302 http://shop.my-app.com/moved?again=1; }}
    location = /about.html {{ }}
  }}
  server {{
    {listen}
    server_name www.my-app.com far.my-app.com shop.my-app.com dual.my-app.com hole.my-app.com shut.my-app.com; root {directory}/site;
    location = /moved {{ return 307 http://www.my-app.com/page.html; }}
    location = /upload {{ client_max_body_size 1m; client_body_buffer_size 1m; echo_read_request_body; echo "got it"; }}
    location = /think {{ echo_sleep 0.15; echo "thought about it"; }}
    location /style.css {{ gzip on; gzip_types text/css; gzip_buffers 4 4k; }}
  }}
}}
"""


def page(title):
    items = "\n".join(f"<li>item {n:02d} of the list</li>" for n in range(40))
    return f"<!doctype html>\n<html><head><title>{title}</title></head><body><ul>\n{items}\n</ul></body></html>\n"


def make_certificates(directory):
    """A throwaway authority and the site's certificate, as long as the lab runs."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj",
        "/O=Wirebook Lab/CN=Wirebook Lab Root", "-keyout", directory / "ca.key", "-out", directory / "ca.crt")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Wirebook Lab/CN=www.my-app.com",
        "-keyout", directory / "site.key", "-out", directory / "site.csr")
    (directory / "names").write_text("subjectAltName=DNS:my-app.com,DNS:*.my-app.com\n")
    run("openssl", "x509", "-req", "-in", directory / "site.csr", "-CA", directory / "ca.crt", "-CAkey",
        directory / "ca.key", "-CAcreateserial", "-days", 30, "-extfile", directory / "names",
        "-out", directory / "site.crt")


class Web:
    def __init__(self, processes, directory):
        self.processes, self.directory = processes, Path(directory) / "web"
        site = self.directory / "site"
        site.mkdir(parents=True)
        (site / "index.html").write_text(page("My App"))
        (site / "home.html").write_text(page("Home of My App"))
        (site / "about.html").write_text(page("About My App"))
        (site / "page.html").write_text(page("A page with more to fetch"))
        for name in ("one.css", "two.css", "three.css"):
            (site / name).write_text(f"/* {name} */\n" * 60)
        (site / "style.css").write_text("".join(f".c{n} {{ margin: {n}px; color: #{n:06x}; }}\n" for n in range(1500)))
        source = random.Random(1)
        for size in (60, 100):
            (site / f"data{size}k.bin").write_bytes(source.randbytes(size * 1000))
        (self.directory / "access.log").touch()
        (self.directory / "error.log").touch()
        make_certificates(self.directory)
        listen = [f"listen {address}:80;" for address in ["192.0.2.80", WEB_BACK, *WEB_MORE[1:]]]
        listen += ["listen [2001:db8:80::80]:80;", "listen 192.0.2.80:443 ssl;", "listen 192.0.2.80:8443 ssl;", "listen 192.0.2.82:443 ssl http2;"]
        (self.directory / "nginx.conf").write_text(CONFIG.format(
            directory=self.directory, log_format=LOG_FORMAT, listen=" ".join(listen)))
        self.marks = {}
        self.odd_log, self.closing_logs = None, []

    def up(self):
        nginx = self.processes.start(
            inside("web", "nginx", "-p", self.directory, "-e", self.directory / "error.log",
                   "-c", self.directory / "nginx.conf"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        odd = self.processes.start(
            inside("web", sys.executable, "-B", Path(__file__).parent.parent / "servers" / "odd.py", "192.0.2.81", 80),
            stdout=subprocess.PIPE, text=True)
        self.odd_log = Lines(odd.stdout)
        self.odd_log.wait_for("listening")
        self.closing_logs = [self.closing(8080), self.closing(443, self.directory / "site.crt", self.directory / "site.key")]
        wait_until(lambda: nginx.poll() is not None or ":443" in run(*inside("web", "ss", "-ltn")), "nginx")

    def closing(self, port, *certificate):
        """servers/closing.py on another port of the odd server's address."""
        program = Path(__file__).parent.parent / "servers" / "closing.py"
        process = self.processes.start(inside("web", sys.executable, "-B", program, "192.0.2.81", port, *certificate),
                                       stdout=subprocess.PIPE, text=True)
        log = Lines(process.stdout)
        log.wait_for("listening")
        return log

    @property
    def authority(self):
        return self.directory / "ca.crt"

    def mark(self):
        for name in ("access.log", "error.log"):
            self.marks[name] = (self.directory / name).stat().st_size
        self.marks["odd"] = len(self.odd_log.lines)
        self.marks["closing"] = [len(log.lines) for log in self.closing_logs]

    def since_mark(self, name):
        data = (self.directory / name).read_bytes()[self.marks[name]:]
        return data.decode("utf-8", "replace").splitlines()

    def requests(self):
        """nginx's access log since the mark, numbers as numbers, empty values left out."""
        found = []
        for line in self.since_mark("access.log"):
            entry = json.loads(line)
            for key in ("connection", "connectionRequests", "clientPortAtServer", "serverPort", "status",
                        "bodyBytesSent", "bytesSent", "requestBytes"):
                entry[key] = int(entry[key])
            entry["requestSeconds"] = float(entry["requestSeconds"])
            entry["completed"] = entry["completed"] == "OK"
            entry["tlsReused"] = {"r": True, ".": False}.get(entry["tlsReused"], "")
            found.append({key: value for key, value in entry.items() if value not in ("", "-")})
        return found

    def client_closed(self):
        """Connection numbers of which nginx says that the client closed them."""
        pattern = re.compile(r"\*(\d+) client \S+ (?:closed keepalive connection|prematurely closed|closed connection)")
        return {int(match[1]): match[0].split(" ", 1)[1]
                for match in map(pattern.search, self.since_mark("error.log")) if match}

    def odd_events(self):
        lines = list(self.odd_log.lines[self.marks["odd"]:])
        for log, mark in zip(self.closing_logs, self.marks["closing"]):
            lines += log.lines[mark:]
        return [json.loads(line) for line in lines]
