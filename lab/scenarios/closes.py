import re
import time

from labkit.shell import inside, run as shell

TITLE = "every way to close a connection"
SHOWS = """
Connections one after the other, each closed in another way: three segments and four, half-closed with an answer behind the FIN,
given up by the server, after the server's idle timeout, by both sides at once, by a reset of the client, left half-closed, and
TLS with a close_notify that a reset answers. `expect.closes` tells by label who closed first and how; `expect.timeWait` which host
held a connection in TIME-WAIT (ss) when all was over.
"""
CAPTURES = {"client": "pcap", "server": "pcap"}
LEFT = 3

HOST, PORT = "old.my-app.com", 8080
CLOSES = {
    "together": {"first": "both", "how": "simultaneous"},
    "three": {"first": "client", "how": "three"},
    "four": {"first": "client", "how": "four"},
    "half": {"first": "client", "how": "four", "dataAfterFin": True},
    "abandon": {"first": "client", "how": "three", "abandoned": True},
    "idle": {"first": "server", "how": "four", "idleSeconds": 1.5},
    "reset": {"first": "client", "how": "reset"},
    "tls": {"first": "client", "how": "fin-then-reset"},
    "left": {"first": "server", "how": "one-side", "idleSeconds": 1.5},
}


def prepare(lab):
    lab.warm_resolver(HOST)


def run(lab):
    moment = round(time.time() + 2, 3)  # client and server have one clock

    def visit(label, path, *then, **get):
        return [{"open": label, "host": HOST, "port": PORT}, {"get": path, "on": label, **get}, *then, {"wait": 0.2}]

    lab.script(files=(lab.web.authority, lab.out / "client.keylog"), pc=[
        *visit("together", f"/at/{moment}", {"until": moment}, {"close": "together"}),
        *visit("three", "/", {"close": "three"}),
        *visit("four", "/four", {"close": "four"}, {"wait": 0.3}),
        *visit("half", "/half", {"wait": 0.1}, {"close": "half"}, half=True),
        *visit("abandon", "/abandon", {"close": "abandon"}, half=True, answer=False),
        *visit("idle", "/idle", {"wait": 2}, {"close": "idle"}),
        *visit("reset", "/", {"reset": "reset"}),
        {"open": "tls", "host": HOST, "tls": True}, {"get": "/", "on": "tls"}, {"close": "tls"}, {"wait": 0.2},
        *visit("left", "/idle", {"wait": 1.7}, {"leave": "left", "for": LEFT}),
    ])
    ports = {entry["label"]: entry["clientPort"] for entry in lab.expect["connections"]}
    lab.expect["closes"] = {label: {"clientPort": ports[label], **facts} for label, facts in CLOSES.items()}
    waiting = {name: shell(*inside(name, "ss", "-tanH", "state", "time-wait")) for name in ("pc", "web")}
    lab.expect["timeWait"] = {"pc": sorted(int(port) for port in re.findall(r"192\.168\.0\.10:(\d+)", waiting["pc"])),
                              "webRemotePorts": sorted(int(port) for port in re.findall(r"203\.0\.113\.2:(\d+)", waiting["web"]))}


def finish(lab):
    time.sleep(LEFT)  # what was left open goes with its owner, in no capture
