"""curl in the client's namespace, and its own account of each request."""
import json
import os
import re
import subprocess
from datetime import datetime

from .shell import LabError, inside


def milliseconds(seconds, missing_at_zero=True):
    return None if missing_at_zero and not seconds else round(seconds * 1000, 3)


def record(said):
    """One request in the truth's words, from curl's -w '%{json}'."""
    return {
        "url": said["url_effective"], "method": said["method"], "httpCode": said["http_code"],
        "httpVersion": said["http_version"],
        "clientAddress": said["local_ip"], "clientPort": said["local_port"],
        "serverAddress": said["remote_ip"], "serverPort": said["remote_port"],
        "nameLookupMs": milliseconds(said["time_namelookup"]), "connectMs": milliseconds(said["time_connect"]),
        "appConnectMs": milliseconds(said["time_appconnect"]), "preTransferMs": milliseconds(said["time_pretransfer"]),
        "startTransferMs": milliseconds(said["time_starttransfer"]), "totalMs": milliseconds(said["time_total"], False),
        "sizeDownload": said["size_download"], "sizeUpload": said["size_upload"],
        "newConnection": said["num_connects"] > 0, "curlExit": said["exitcode"],
        **({"curlSays": said["errormsg"]} if said["errormsg"] else {}),
    }


def curl(urls, *options, directory, environment=None):
    """Runs curl once for all the URLs (so they may share a connection); one record for each."""
    outputs = [word for _ in urls for word in ("-o", directory / "body")]
    # real-time priority: curl's clock readings then follow the packets at once, even on a busy machine
    command = inside("pc", "chrt", "-r", 10, "curl", "-sS", "-w", "%{json}\\n", *outputs, *options, *urls)
    result = subprocess.run(command, capture_output=True, text=True, timeout=60,
                            env={**os.environ, "HOME": str(directory), **(environment or {})})
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    if len(lines) != len(urls):
        raise LabError(f"curl said {result.stdout!r} {result.stderr!r}")
    return [record(json.loads(line)) for line in lines]


def redirect_chain(url, directory):
    """curl -L: its numbers cover the whole chain, so each step's are read from its own trace."""
    trace = directory / "trace"
    whole = curl([url], "-L", "--trace-ascii", trace, "--trace-time", directory=directory)[0]
    steps, clock = [], None
    for line in trace.read_text().splitlines():
        match = re.match(r"(\d\d:\d\d:\d\d\.\d{6}) (.*)", line)
        if match:
            clock, text = datetime.strptime(match[1], "%H:%M:%S.%f"), match[2]
            if text.startswith("*   Trying"):
                steps.append({"trying": clock})
            elif text.startswith("* Connected to"):
                address, port = re.search(r"\(([^)]+)\) port (\d+)", text).groups()
                steps[-1].update(connected=clock, address=address, port=int(port))
            elif text.startswith("<= Recv header") and "first" not in steps[-1]:
                steps[-1]["first"] = clock
        elif "first" in steps[-1] if steps else False:
            found = re.match(r"0000: HTTP/[\d.]+ (\d+)", line)
            if found:
                steps[-1]["code"] = int(found[1])
    return whole, steps, clock
