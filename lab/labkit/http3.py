"""HTTP/3: Caddy on 192.0.2.101, and what it and Chromium say of each request."""
import json
import shutil
import subprocess
from pathlib import Path

from .shell import LabError, inside, run, wait_until

HERE = Path(__file__).parent.parent
ADDRESS = "192.0.2.101"
HOST = "h3.my-app.com"

CADDYFILE = """
{{
  admin off
  auto_https off
  storage file_system {directory}
}}
https://{host}:443 {{
  bind {address}
  tls {site}/site.crt {site}/site.key
  encode gzip
  log {{
    output file {directory}/access.json
    format json
  }}
  respond /post "posted" 201
  redir /moved /style.css 302
  root * {directory}/site
  file_server
}}
"""
PAGE = """<!doctype html><html><head><link rel=stylesheet href=/style.css></head><body>{text}<script>
const all = [fetch('/data60k.bin'), fetch('/data100k.bin'), fetch('/nothing'), fetch('/moved'),
  fetch('/post', {{method: 'POST', body: 'x'.repeat(20000)}}), fetch('/again?n=1', {{headers: {{'x-long': 'y'.repeat(600)}}}})];
Promise.all(all.map((one) => one.then((answer) => answer.arrayBuffer())))
  .then(() => fetch('/style.css?last')).then((answer) => answer.text()).then(() => {{ document.title = 'done'; }});
</script></body></html>
"""


class Http3:
    """Runs only in scenarios that ask for it."""

    def __init__(self, lab):
        self.lab, self.directory = lab, Path(lab.directory) / "h3"
        shutil.rmtree(self.directory, ignore_errors=True)
        site = self.directory / "site"
        site.mkdir(parents=True)
        (site / "index.html").write_text(PAGE.format(text="<p>HTTP/3</p>\n" * 100))
        for name in ("style.css", "data60k.bin", "data100k.bin"):
            shutil.copyfile(lab.web.directory / "site" / name, site / name)
        (self.directory / "Caddyfile").write_text(
            CADDYFILE.format(directory=self.directory, host=HOST, address=ADDRESS, site=lab.web.directory))
        self.caddy = lab.network.processes.start(
            inside("web", "env", f"HOME={self.directory}", "caddy", "run", "--config", self.directory / "Caddyfile",
                   "--adapter", "caddyfile"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: f"{ADDRESS}:443" in run(*inside("web", "ss", "-lun")), "caddy")

    def open(self, key_log):
        """The page over HTTP/3; Chromium's own account of each request."""
        site = self.lab.web.directory / "site.crt"
        spki = run("sh", "-c", f"openssl x509 -in {site} -pubkey -noout | openssl pkey -pubin -outform der"
                               " | openssl dgst -sha256 -binary | base64").strip()
        result = subprocess.run(
            inside("pc", "node", HERE / "clients" / "http3.mjs", shutil.which("chromium"), self.directory, key_log, spki,
                   f"https://{HOST}/"), capture_output=True, text=True, timeout=60)
        if result.returncode != 0 or not result.stdout:
            raise LabError(f"http3.mjs: {result.stderr}")
        self.lab.expect["browser"] = json.loads(result.stdout)

    def stop(self):
        """Ends the server; its own account of each request."""
        self.lab.network.processes.stop(self.caddy)
        found = []
        for line in (self.directory / "access.json").read_text().splitlines():
            entry = json.loads(line)
            request = entry["request"]
            found.append({"method": request["method"], "target": request["uri"], "host": request["host"], "protocol": request["proto"],
                          "status": entry["status"], "bodyBytes": entry["size"]})
        self.lab.expect["server"] = found
