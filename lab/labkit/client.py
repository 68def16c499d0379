"""curl and lab/clients/script.py in the clients' namespaces, and their own accounts of each request."""
import json
import os
import re
import subprocess
import time
from datetime import datetime, timedelta

from pathlib import Path

from .shell import LabError, inside

SCRIPT = Path(__file__).parent.parent / "clients" / "script.py"


def milliseconds(seconds, missing_at_zero=True):
    return None if missing_at_zero and not seconds else round(seconds * 1000, 3)


def record(said):
    """One request in the truth's words, from curl's -w '%{json}'."""
    return {
        "url": said["url_effective"], "method": said["method"], "httpCode": said["http_code"] or None,
        "httpVersion": said["http_version"] if said["http_code"] else None,
        "clientAddress": said["local_ip"] or None, "clientPort": said["local_port"] or None,
        "serverAddress": said["remote_ip"] or None, "serverPort": said["remote_port"] or None,
        "nameLookupMs": milliseconds(said["time_namelookup"]), "connectMs": milliseconds(said["time_connect"]),
        "appConnectMs": milliseconds(said["time_appconnect"]), "preTransferMs": milliseconds(said["time_pretransfer"]),
        "startTransferMs": milliseconds(said["time_starttransfer"]), "totalMs": milliseconds(said["time_total"], False),
        "sizeDownload": said["size_download"], "sizeUpload": said["size_upload"],
        "newConnection": said["num_connects"] > 0, "curlExit": said["exitcode"],
        **({"curlSays": said["errormsg"]} if said["errormsg"] else {}),
    }


def curl(steps, directory, environment=None, client="pc"):
    """Runs curl once for [(url, options), ...], so they may share a connection; one record for each."""
    words = []
    for url, options in steps:
        words += ["--next"] * bool(words)
        words += ["-sS", "-w", "%{json}\\n", "-o", directory / ("body" if client == "pc" else f"body-{client}"), *options, url]
    # real-time priority: curl's clock readings then follow the packets at once, even on a busy machine
    result = subprocess.run(inside(client, "chrt", "-r", 10, "curl", *words), capture_output=True, text=True, timeout=60,
                            env={**os.environ, "HOME": str(directory), **(environment or {})})
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    if len(lines) != len(steps):
        raise LabError(f"curl said {result.stdout!r} {result.stderr!r}")
    return [record(json.loads(line)) for line in lines]


def attempts(trace):
    """Which addresses curl tried, in its own words: [{address, port, says}], by its verbose trace."""
    found = []
    for line in trace.read_text().splitlines():
        tried = re.search(r"Info: +Trying \[?([0-9a-f:.]+?)\]?:(\d+)\.\.\.", line)
        failed = re.search(r"Info: connect to (\S+) port (\d+).* failed: (.*)", line)
        chosen = re.search(r"Info: Connected to \S+ \((\S+)\) port (\d+)", line)
        if tried:
            found.append({"address": tried[1], "port": int(tried[2]), "says": None})
        elif failed or chosen:
            address, says = (failed[1], failed[3]) if failed else (chosen[1], "connected")
            next(entry for entry in found if entry["address"] == address)["says"] = says
    return found


def scripts(steps, files=()):
    """script.py in every client named, all beginning at once (with as much between them as keeps two processors from
    making one of them wait); what each of them says."""
    begin, running = time.time() + 0.7, {}
    for number, (name, script) in enumerate(steps.items()):
        running[name] = subprocess.Popen(
            inside(name, "chrt", "-r", 10, "python3", "-B", SCRIPT, begin + number * 0.004, json.dumps(script), *files),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = {}
    for name, process in running.items():
        out, error = process.communicate(timeout=60)
        if process.returncode != 0:
            raise LabError(f"script of {name}: {error}")
        said[name] = json.loads(out)
    return said


def redirect(url, directory):
    """curl -L. Its -w numbers cover the whole chain, so each step's are read from its own trace (microseconds)."""
    trace = directory / "trace"
    whole = curl([(url, ["-L", "--trace-ascii", trace, "--trace-time"])], directory)[0]
    steps, clock = [], None
    for line in trace.read_text().splitlines():
        timed = re.match(r"(\d\d:\d\d:\d\d\.\d{6}) (.*)", line)
        if timed:
            clock, text = datetime.strptime(timed[1], "%H:%M:%S.%f"), timed[2].replace("== Info: ", "* ")
            if text.startswith("*   Trying"):
                steps.append({"trying": clock})
            elif text.startswith("* Connected to"):
                steps[-1].update(connected=clock, host=text.split()[3], address=re.search(r"\(([^)]+)\)", text)[1])
            elif text.startswith("=> Send header"):
                steps[-1]["sent"] = clock
            elif text.startswith("<= Recv header"):
                steps[-1].setdefault("first", clock)
            elif text.startswith("* Connection #"):
                steps[-1]["end"] = clock
        elif line.startswith("0000: HTTP/"):
            steps[-1]["code"] = int(line.split()[2])
        elif line[6:].startswith("GET "):
            steps[-1]["path"] = line.split()[2]
        elif line[6:].startswith("Location: "):
            steps[-1]["location"] = line.split()[2]
    start, found = clock - timedelta(milliseconds=whole["totalMs"]), []
    for step in steps:
        since = lambda moment: round((moment - start) / timedelta(milliseconds=1), 3)  # noqa: E731
        found.append({
            **whole, "url": f"http://{step['host']}{step['path']}", "httpCode": step["code"],
            "serverAddress": step["address"], "clientPort": None, "nameLookupMs": since(step["trying"]),
            "connectMs": since(step["connected"]), "preTransferMs": since(step["sent"]),
            "startTransferMs": since(step["first"]), "totalMs": since(step["end"]), "newConnection": True,
            **({"sizeDownload": None, "location": step["location"]} if "location" in step else {})})
        start = step["end"]
    found[-1]["clientPort"] = whole["clientPort"]
    return found, whole
