import json
import subprocess

from labkit.shell import Lines, inside

TITLE = "TLS inside CONNECT, TLS inside TLS, a WebSocket inside TLS"
SHOWS = """
curl asks twice through a proxy with CONNECT on one connection, once through a proxy that is spoken to in TLS itself (TLS in TLS),
and for a host that the proxy refuses (403); then Node's client opens a WebSocket inside TLS, sends messages that come back, and closes it.
`client.keylog` holds this lab run's throwaway TLS secrets.
"""
CAPTURES = {"client": "pcapng"}
ADDRESS, PROXY, SECURE_PROXY, SOCKET = "192.0.2.81", 3128, 3129, 8444
MESSAGES = [5, 125, 126, 3000, 20000]


def run(lab):
    files, keylog = lab.web.directory, lab.out / "client.keylog"
    server = lab.processes.start(
        inside("web", "node", lab.here / "servers" / "tunnels.mjs", files / "site.crt", files / "site.key", ADDRESS, PROXY, SECURE_PROXY, SOCKET),
        stdout=subprocess.PIPE, text=True)
    log = Lines(server.stdout)
    log.wait_for("listening")

    def curl(*words):
        """What curl says of each request, in its own words."""
        said = lab.in_client("env", f"SSLKEYLOGFILE={keylog}", "curl", "-sS", "--http1.1", "--cacert", lab.web.authority, "--proxy-cacert",
                             lab.web.authority, "-w", "%{json}\\n", *words, check=False)
        told = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return [{"url": each["url_effective"], "clientPort": each["local_port"], "connectStatus": each["http_connect"],
                 "status": each["http_code"] or None, "headerBytes": each["size_header"], "bodyBytes": each["size_download"],
                 "curlExit": each["exitcode"]} for each in told]

    plain, secure = f"http://{ADDRESS}:{PROXY}", f"https://proxy.my-app.com:{SECURE_PROXY}"
    requests = curl("-x", plain, "-o", "/dev/null", "https://www.my-app.com/", "-o", "/dev/null", "https://www.my-app.com/style.css")
    requests += curl("-x", secure, "--resolve", f"proxy.my-app.com:{SECURE_PROXY}:{ADDRESS}", "-o", "/dev/null", "https://shop.my-app.com/")
    requests += curl("-x", plain, "-o", "/dev/null", "https://elsewhere.my-app.com/")
    socket = json.loads(lab.in_client("node", lab.here / "clients" / "websocket.mjs", "www.my-app.com", ADDRESS, SOCKET, keylog,
                                      lab.web.authority, *MESSAGES))
    log.wait_for('"socket"')
    lab.processes.stop(server)
    told = [json.loads(line) for line in log.lines if not line.startswith('{"event":"listening"')]
    lab.expect["requests"] = requests
    lab.expect["tunnels"] = [each for each in told if each["event"] in ("tunnelled", "refused")]
    lab.expect["socket"] = {**socket, **{key: each[key] for each in told if each["event"] == "socket" for key in ("uri", "received", "sent", "messages")}}
