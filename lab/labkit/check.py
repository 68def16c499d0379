#!/usr/bin/env python3
"""Do the packets agree with the truth? Uses tshark where there is one. usage: check.py FIXTURE_DIRECTORY ...

The truth never comes from here: this only finds runs that a busy machine has spoiled, and mistakes of the lab.
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

TOLERANCE_MS = 1.0
RECORD = 16_000
FIELDS = ["frame.number", "frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "tcp.flags.syn", "tcp.flags.ack", "tcp.flags.fin",
          "tcp.flags.reset", "tcp.len", "tcp.seq_raw", "http.request.method", "http.response.code",
          "dns.qry.name", "dns.flags.response", "http2.headers.method", "http2.headers.status"]


def packets(file, keylog=None):
    command = ["tshark", "-r", file, "-T", "fields", "-E", "occurrence=a", "-o", "ip.defragment:TRUE"]
    if keylog:
        command += ["-o", f"tls.keylog_file:{keylog}"]
    for field in FIELDS:
        command += ["-e", field]
    text = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    rows = [dict(zip(FIELDS, line.split("\t"))) for line in text.splitlines()]
    for row in rows:
        row["ms"] = float(row["frame.time_epoch"]) * 1000
        row["from"] = (row["ip.src"] or row["ipv6.src"]).split(",")[0]
        row["to"] = (row["ip.dst"] or row["ipv6.dst"]).split(",")[0]
        for key in ("tcp.srcport", "tcp.dstport", "tcp.len"):
            row[key] = int(row[key] or 0)
    return rows


def near(found, what, seen, told):
    if abs(seen - told) > TOLERANCE_MS:
        found.append(f"{what}: packets {seen:.3f} ms, truth {told:.3f} ms")


def first_attempt(request, rows, hosts):
    """The first SYN of the same machine to the same port: several addresses were tried."""
    own = next(host["addresses"] for host in hosts.values() if request["clientAddress"] in host["addresses"])
    return next(row for row in rows if row["tcp.flags.syn"] == "1" and row["from"] in own
                and row["tcp.dstport"] == request["serverPort"])


def check_request(found, request, rows, state, hosts):
    address, port = request["clientAddress"], request["clientPort"]
    up = [row for row in rows if (row["from"], row["tcp.srcport"]) == (address, port)]
    down = [row for row in rows if (row["to"], row["tcp.dstport"]) == (address, port)]
    label = f"{request['method']} {request['url']} from {address} port {port}"
    syn = next((row for row in up if row["tcp.flags.syn"] == "1"), None)
    if not syn:
        found.append(f"{label}: no SYN")
        return
    syn_ack = next((row for row in down if row["tcp.flags.syn"] == "1"), None)
    if request.get("raced"):
        syn = first_attempt(request, rows, hosts)
    if request["newConnection"] and request["connectMs"] is not None:
        near(found, f"{label}: connect", syn_ack["ms"] - syn["ms"], request["connectMs"] - (request["nameLookupMs"] or 0))
    if request["startTransferMs"] is None or request.get("together") or request.get("upgraded"):
        return
    index = state[address, port] = state.get((address, port), -1) + 1
    asked = [row for row in up for _ in filter(None, (row["http.request.method"] or row["http2.headers.method"]).split(","))]
    if index >= len(asked):
        found.append(f"{label}: no request packet")
        return
    sent = asked[index]
    if request["url"].startswith("https:") or request["httpVersion"] == "2":
        answers = [row for row in down if row["http.response.code"] or row["http2.headers.status"]]
        first = answers[index] if index < len(answers) else None
    else:
        first = next((row for row in down if row["tcp.len"] and row["ms"] > sent["ms"]), None)
    if not first:
        found.append(f"{label}: no answer packet")
        return
    secure = request["url"].startswith("https:")
    if secure and (request["method"] == "POST" or request["sizeDownload"] > RECORD):
        return  # inside TLS tshark's answer packet is the answer's last, and curl's first byte of a POST is its own
    if request["method"] != "POST" and not request.get("pipelined"):  # tshark's request packet of POST is the body's last
        near(found, f"{label}: wait", first["ms"] - sent["ms"], request["startTransferMs"] - request["preTransferMs"])
    if request["newConnection"]:
        near(found, f"{label}: first byte", first["ms"] - syn["ms"],
             request["startTransferMs"] - (request["nameLookupMs"] or 0))


def check_close(found, entry, rows):
    port, address = entry["clientPort"], entry.get("clientAddress")  # older truths have no address
    for row in rows:
        up = row["tcp.srcport"] == port and address in (None, row["from"])
        down = row["tcp.dstport"] == port and address in (None, row["to"])
        if (up or down) and (row["tcp.flags.fin"] == "1" or row["tcp.flags.reset"] == "1"):
            who = "client" if up else "server"
            break
    else:
        who = None
    if entry["who"] and who != entry["who"]:
        found.append(f"closed first: packets {who}, truth {entry['who']} (port {entry['clientPort']})")


def problems(directory):
    directory = Path(directory)
    truth = json.loads((directory / "truth.json").read_text())
    found = []
    if not shutil.which("tshark"):
        return found
    keylog = next(iter(directory.glob("*.keylog")), None)
    for capture in truth["captures"]:
        rows = packets(directory / capture["file"], keylog)
        if len(rows) != capture["packets"]:
            found.append(f"{capture['file']}: {len(rows)} packets, truth {capture['packets']}")
        if capture["vantage"] in ("client", "gateway-inside"):
            state = {}
            for request in truth["requests"]:
                if request["clientPort"]:
                    check_request(found, request, rows, state, truth["hosts"])
            for entry in truth["closedFirst"]:
                check_close(found, entry, rows)
            asked = {name.lower() for row in rows for name in row["dns.qry.name"].split(",") if name}
            if asked != {entry["name"] for entry in truth["dns"] + truth["expect"].get("encrypted", [])}:
                found.append(f"names: packets {sorted(asked)}, truth {sorted(entry['name'] for entry in truth['dns'])}")
            for lost in (entry for entry in truth["lost"] if entry["payloadBytes"] and "sequence" in entry):
                copies = [row for row in rows if row["tcp.seq_raw"] == str(lost["sequence"]) and row["tcp.len"]]
                if len(copies) != (2 if lost.get("fromClient") else 1):
                    found.append(f"lost segment: {len(copies)} copies at the client")
        if capture["vantage"] == "gateway-outside":
            ports = {row[key] for row in rows for key in ("tcp.srcport", "tcp.dstport")}
            for entry in truth["nat"]:
                if entry["protocol"] == "tcp" and entry["outsidePort"] not in ports:
                    found.append(f"NAT: port {entry['outsidePort']} not seen outside")
        if capture["vantage"] == "server":
            for lost in (entry for entry in truth["lost"] if entry["payloadBytes"] and "sequence" in entry):
                copies = [row for row in rows if row["tcp.seq_raw"] == str(lost["sequence"]) and row["tcp.len"]]
                if len(copies) != (1 if lost.get("fromClient") else 2):
                    found.append(f"lost segment: {len(copies)} copies at the server")
    return found


if __name__ == "__main__":
    bad = False
    for argument in sys.argv[1:]:
        if (Path(argument) / "truth.json").exists():
            result = problems(argument)
            bad = bad or bool(result)
            print(f"{Path(argument).name}: {'; '.join(result) or 'agrees'}")
    sys.exit(1 if bad else 0)
