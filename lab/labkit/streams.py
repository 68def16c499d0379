"""HTTP/2 in the clear: its servers on 192.0.2.82, and what curl and Node's client say of each stream."""
import json
import os
import subprocess
import sys
from pathlib import Path

from .client import record
from .shell import Lines, LabError, inside

HERE = Path(__file__).parent.parent
ADDRESS = "192.0.2.82"
PORT, UPGRADE_PORT = 8080, 8081
HOST = "h2.my-app.com"


class Streams:
    """Runs only in scenarios that ask for it."""

    def __init__(self, lab):
        self.lab = lab
        self.server = lab.network.processes.start(
            inside("web", "node", HERE / "servers" / "h2.mjs", ADDRESS, PORT), stdout=subprocess.PIPE, text=True)
        self.upgrade = lab.network.processes.start(
            inside("web", sys.executable, "-B", HERE / "servers" / "h2c_upgrade.py", ADDRESS, UPGRADE_PORT),
            stdout=subprocess.PIPE, text=True)
        self.logs = [Lines(self.server.stdout), Lines(self.upgrade.stdout)]
        for log in self.logs:
            log.wait_for("listening")

    def stop(self):
        """Ends the servers; what they say of each stream."""
        for process in (self.server, self.upgrade):
            self.lab.network.processes.stop(process)
        return [json.loads(line) for log in self.logs for line in log.finish() if '"answered"' in line]

    def together(self, *steps):
        """Streams of one connection by Node's client; lists are one after the other."""
        lab = self.lab
        result = subprocess.run(
            inside("pc", "chrt", "-r", 10, "node", HERE / "clients" / "h2.mjs", ADDRESS, PORT, HOST, json.dumps(steps)),
            capture_output=True, text=True, timeout=60)
        if result.returncode != 0:
            raise LabError(f"h2.mjs: {result.stderr}")
        lab.expect["streams"] = json.loads(result.stdout)


def parallel(lab, *urls, options=(), environment=None):
    """curl -Z: all at once over one connection."""
    words = ["-sS", "-Z", "-w", "%{json}\\n", *options]
    for number, url in enumerate(urls):
        words += ["-o", lab.directory / f"body{number}", url]
    result = subprocess.run(inside("pc", "chrt", "-r", 10, "curl", *words), capture_output=True, text=True, timeout=60,
                            env={**os.environ, **(environment or {})})
    said = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    if len(said) != len(urls):
        raise LabError(f"curl said {result.stdout!r} {result.stderr!r}")
    lab.requests += ({**record(each), "together": True} for each in said)
