import subprocess
import sys

from labkit.network import NAT
from labkit.shell import Lines, inside

TITLE = "a port of the gateway that leads to a machine inside"
SHOWS = """
The gateway forwards its port 8080 to port 80 of a machine at home: a connection from outside goes through.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}
FORWARD = """
table ip forward {
  chain pre { type nat hook prerouting priority dstnat; iifname "wan" tcp dport 8080 dnat to 192.168.0.10:80; }
}
"""


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    lab.network.translate(NAT + FORWARD)


def run(lab):
    lab.curl("http://www.my-app.com/")  # so that the translation is to be seen
    home = lab.processes.start(
        inside("pc", sys.executable, "-B", lab.here / "servers" / "origin.py", "192.168.0.10", 80, "home"),
        stdout=subprocess.PIPE, text=True)
    log = Lines(home.stdout)
    log.wait_for("listening")
    lab.expect["outside"] = lab.probe("web", "203.0.113.2", 8080)
    log.wait_for("answered")
    lab.processes.stop(home)
    lab.expect["forwarded to"] = {"address": "192.168.0.10", "port": 80}
