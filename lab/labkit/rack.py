"""What stands behind the proxy's addresses: caches, balancers, and two application servers.

    192.0.2.84  nginx, a cache that says X-Cache, in front of app1
    192.0.2.85  haproxy, HTTP: round robin over app1 and app2, health checks every second, X-Forwarded-For
    192.0.2.86  haproxy, TCP: relays bytes to app1
    192.0.2.87  nftables: each connection's destination becomes app1 or app2 in turn
    192.0.2.88  haproxy with a cache, which says Age
"""
import json
import re
import subprocess
import sys
from pathlib import Path

from .shell import Lines, inside, run, wait_until

NGINX = """
daemon off; worker_processes 1; user root; pid {directory}/nginx.pid; error_log {directory}/error.log info;
events {{ }}
http {{
  log_format truth escape=json '{{"clientAddress":"$remote_addr","clientPort":$remote_port,"method":"$request_method",'
    '"path":"$request_uri","status":$status,"cache":"$upstream_cache_status","upstream":"$upstream_addr"}}';
  access_log {directory}/cache.log truth;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  proxy_cache_path {directory}/kept keys_zone=kept:1m inactive=10m;
  server {{
    listen 192.0.2.84:80;
    location / {{
      proxy_pass http://10.0.0.11:80; proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Connection close;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_cache kept; proxy_cache_revalidate on; add_header X-Cache $upstream_cache_status always;
    }}
  }}
}}
"""
HAPROXY = """
global
  log stdout format raw local0
defaults
  log global
  timeout connect 2s
  timeout client 10s
  timeout server 10s
  log-format '{"frontend":"%f","clientAddress":"%ci","clientPort":%cp,"backAddress":"%bi","backPort":"%bp","server":"%s"}'
cache kept
  total-max-size 1
  max-age 60
frontend lb
  mode http
  bind 192.0.2.85:80
  option forwardfor
  log-format '{"frontend":"%f","clientAddress":"%ci","clientPort":%cp,"backAddress":"%bi","backPort":"%bp","server":"%s","method":"%HM","path":"%HP","status":%ST}'
  default_backend apps
backend apps
  mode http
  balance roundrobin
  http-reuse never
  option httpchk GET /health
  server app1 10.0.0.11:80 check inter 1s
  server app2 10.0.0.12:80 check inter 1s
listen relay
  mode tcp
  bind 192.0.2.86:80
  server app1 10.0.0.11:80
frontend store
  mode http
  bind 192.0.2.88:80
  option forwardfor
  log-format '{"frontend":"%f","clientAddress":"%ci","clientPort":%cp,"backAddress":"%bi","backPort":"%bp","server":"%s","method":"%HM","path":"%HP","status":%ST}'
  http-request cache-use kept
  http-response cache-store kept
  default_backend stored
backend stored
  mode http
  http-response cache-store kept
  server app1 10.0.0.11:80
"""
SPREAD = """
table ip spread {
  chain pre {
    type nat hook prerouting priority dstnat;
    ip daddr 192.0.2.87 tcp dport 80 dnat to numgen inc mod 2 map { 0 : 10.0.0.11, 1 : 10.0.0.12 }
  }
}
"""


class Rack:
    """Runs only in scenarios that ask for it."""

    def __init__(self, processes, directory):
        self.processes, self.directory = processes, Path(directory) / "rack"
        self.running, self.origins, self.proxies = [], {}, {}

    def start(self, *which):
        """Any of "cache" (nginx), "balancer" (haproxy's), "spread" (nftables); the application servers always."""
        self.stop()
        self.directory.mkdir(exist_ok=True)
        for name, address in (("app1", "10.0.0.11"), ("app2", "10.0.0.12")):
            origin = self.play(name, sys.executable, "-B", Path(__file__).parent.parent / "servers" / "origin.py",
                               address, 80, name)
            self.origins[name] = Lines(origin.stdout)
            self.origins[name].wait_for("listening")
        if "cache" in which:
            run("rm", "-rf", self.directory / "kept")
            (self.directory / "cache.log").write_text("")
            (self.directory / "nginx.conf").write_text(NGINX.format(directory=self.directory))
            self.play("proxy", "nginx", "-p", self.directory, "-e", self.directory / "error.log", "-c", self.directory / "nginx.conf")
            self.listens("192.0.2.84:80")
        if "balancer" in which:
            (self.directory / "haproxy.cfg").write_text(HAPROXY)
            balancer = self.play("proxy", "haproxy", "-db", "-f", self.directory / "haproxy.cfg")
            self.proxies["haproxy"] = Lines(balancer.stdout)
            self.listens("192.0.2.85:80")
        if "spread" in which:
            run(*inside("proxy", "nft", "-f", "-"), stdin=SPREAD)
        self.which = which
        self.mark()

    def play(self, namespace, *command):
        process = self.processes.start(inside(namespace, *command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.running.append(process)
        return process

    def listens(self, address):
        wait_until(lambda: address in run(*inside("proxy", "ss", "-ltn")), address)

    def stop(self):
        for process in self.running:
            self.processes.stop(process)
        if self.running:
            run(*inside("proxy", "nft", "flush", "ruleset"))
        self.running, self.origins, self.proxies = [], {}, {}

    def mark(self):
        self.marks = {name: len(log.lines) for name, log in {**self.origins, **self.proxies}.items()}
        log = self.directory / "cache.log"
        self.marks["cache"] = log.stat().st_size if log.exists() else 0

    def since(self, name, log):
        return [json.loads(line) for line in log.lines[self.marks[name]:] if line.startswith("{")]

    def answered(self):
        """What the application servers answered, health checks included."""
        return [entry for name, log in self.origins.items() for entry in self.since(name, log)]

    def proxied(self):
        """The proxies' own logs: which front connection became which back connection, and what came from the cache."""
        found = [entry for name, log in self.proxies.items() for entry in self.since(name, log)]
        for entry in found:  # the cache's own answers have no back side
            behind = entry["backPort"].isdigit()
            entry.update(backPort=int(entry["backPort"]) if behind else None, backAddress=entry["backAddress"] if behind else None)
        if "cache" in self.which:
            text = (self.directory / "cache.log").read_bytes()[self.marks["cache"]:].decode()
            found += [{"frontend": "cache", **json.loads(line)} for line in text.splitlines()]
        if "spread" in self.which:
            for line in run(*inside("proxy", "conntrack", "-L", "-p", "tcp", "-d", "192.0.2.87")).splitlines():
                address, port, server = re.search(r"src=(\S+) dst=192.0.2.87 sport=(\d+) .*? src=(10\.\S+) ", line).groups()
                found.append({"frontend": "spread", "clientAddress": address, "clientPort": int(port), "serverAddress": server})
        return found
