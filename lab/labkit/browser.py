"""Chromium in the client's namespace, and what it and the server (servers/secure.mjs) say of each request."""
import json
import subprocess
from pathlib import Path

from .shell import LabError, Lines, inside

HERE = Path(__file__).parent.parent
ADDRESS = "192.0.2.82"


class Browser:
    """Runs only in scenarios that ask for it. Even ports speak HTTP/2, odd ones HTTP/1.1; above 1000 TLS 1.2, else TLS 1.3."""

    def __init__(self, lab, *ports):
        self.lab, self.ports = lab, ports
        site = lab.web.directory
        self.server = lab.network.processes.start(
            inside("web", "node", HERE / "servers" / "secure.mjs", site / "site.crt", site / "site.key", ADDRESS, *ports),
            stdout=subprocess.PIPE, text=True)
        self.log = Lines(self.server.stdout)
        self.log.wait_for("listening")

    def visit(self, *steps):
        """The page of each port, then the steps: lists one after the other, what stands in one at once."""
        pages = self.lab.directory / "pages.json"
        pages.write_text(json.dumps([{"url": f"https://{ADDRESS}:{port}/", "steps": steps} for port in self.ports]))
        result = subprocess.run(
            inside("pc", "node", HERE / "clients" / "chromium.mjs", self.lab.directory, self.lab.out / "client.keylog", pages),
            capture_output=True, text=True, timeout=120)
        if result.returncode != 0:
            raise LabError(f"chromium.mjs: {result.stderr}")
        said = json.loads(result.stdout)
        self.lab.expect["browser"] = said["connections"]
        self.lab.expect["devTools"] = said["finished"]

    def stop(self):
        """Ends the server; what it says of each answer, and of each connection of HTTP/1."""
        self.lab.network.processes.stop(self.server)
        said = [json.loads(line) for line in self.log.finish()]
        return [[entry for entry in said if entry["event"] == event] for event in ("answered", "closed")]
