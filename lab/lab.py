"""The lab: plays scenarios in network namespaces and writes fixtures. See README.md."""
import argparse
import importlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from labkit import check, client, truth
from labkit.capture import Capture, settle
from labkit.dns import NameSystem
from labkit.network import Network
from labkit.rack import Rack
from labkit.shell import LabError, inside, run
from labkit.web import Web

HERE = Path(__file__).resolve().parent
LONGEST = 10_000  # characters of one thing in a fixture's README


class Lab:
    """What a scenario may use."""

    def __init__(self, directory):
        self.directory, self.here = Path(directory), HERE
        self.network = Network()
        self.processes = self.network.processes
        self.requests, self.expect = [], {}
        self.out = None  # the fixture's directory
        self.names = self.web = self.translations = None
        self.rack = Rack(self.processes, self.directory)

    def up(self):
        self.network.up()
        self.names = NameSystem(self.processes, self.directory)
        self.web = Web(self.processes, self.directory)
        self.translations = truth.Translations(self.processes)
        self.names.up()
        self.web.up()

    def reset(self):
        """Every scenario begins cold: no neighbours, empty name caches, default settings."""
        self.requests, self.expect = [], {}
        self.network.offload(False)
        self.network.stub("198.51.100.2")
        for wire in self.network.wires.values():
            wire.command({"clear": True})
        self.names.cold()
        self.rack.stop()
        if self.network.translates_otherwise:
            self.network.translate()
        self.network.forget_neighbours()

    def mark(self):
        """What the logs say from here on belongs to the scenario."""
        for log in (self.names, self.web, self.rack, self.translations, *self.network.wires.values()):
            log.mark()

    # --- for scenarios ---

    def warm_resolver(self, *names):
        """The resolver knows these names already; the client's own ARP cache stays cold."""
        for name in names:
            for kind in ("A", "AAAA"):
                run(*inside("resolver", "dig", "@127.0.0.1", name, kind))

    def curl(self, *urls, options=(), environment=None):
        """One curl for all the URLs with the same options."""
        return self.curl_steps(*((url, options) for url in urls), environment=environment)

    def curl_steps(self, *steps, environment=None):
        """One curl for (URL, options) pairs, one after the other."""
        found = client.curl(steps, self.directory, environment)
        self.requests += found
        return found

    def race(self, url, *options, clients=("pc",)):
        """curl for a name with several addresses, in each client at once; `attempts` is what it says of each address."""
        def play(name):
            trace = self.directory / f"trace-{name}"
            step = (url, ("--trace-ascii", trace, "--trace-time", *options))
            return {**client.curl([step], self.directory, client=name)[0], "raced": True}  # connectMs: since the first attempt

        with ThreadPoolExecutor() as pool:
            self.requests += pool.map(play, clients)
        for name in clients:
            key = "attempts" if clients == ("pc",) else f"attempts of {name}"
            self.expect[key] = client.attempts(self.directory / f"trace-{name}")

    def script(self, files=(), **steps):
        """lab/clients/script.py in each client named, all at once: `pc=[step, ...]`."""
        told = client.scripts(steps, files)
        for name, said in told.items():
            self.requests += said["requests"]
            self.expect[f"connections of {name}" if len(steps) > 1 else "connections"] = said["connections"]
            if said["failures"]:
                self.expect["failures"] = said["failures"]

    def counter(self, namespace, name):
        """One of the kernel's TCP counters in a namespace, e.g. TCPSynRetrans."""
        table = run(*inside(namespace, "nstat", "-asz", name))
        return int(table.split(name)[1].split()[0])

    def probe(self, namespace, address, port):
        """One request from anywhere to anywhere: the asker's own port, and curl's exit code."""
        said = run(*inside(namespace, "curl", "-s", "-m", "2", "-o", "/dev/null", "-w", "%{json}", f"http://{address}:{port}/"),
                   check=False)
        told = json.loads(said)
        return {"from": namespace, "address": address, "port": port, "clientPort": told["local_port"] or None,
                "curlExit": told["exitcode"], "httpCode": told["http_code"] or None}

    def ping(self, address, count, identifier):
        """Echo requests of pc with this identifier; how many were answered."""
        return int(self.in_client("python3", "-B", HERE / "clients" / "ping.py", address, count, identifier))

    def trace(self, how, address, most):
        """The routers on pc's way there, by UDP or ICMP probes of rising hop limits."""
        return json.loads(self.in_client("python3", "-B", HERE / "clients" / "trace.py", how, address, most))

    def in_client(self, *command, check=True):
        return run(*inside("pc", *command), check=check)

    def drop(self, wire, **rule):
        self.network.wires[wire].command({"drop": rule})

    def delay(self, wire, **rule):
        self.network.wires[wire].command({"delay": rule})


def scenarios():
    names = sorted(path.stem for path in (HERE / "scenarios").glob("*.py"))
    return {name.replace("_", "-"): importlib.import_module(f"scenarios.{name}") for name in names}


def versions():
    first = lambda *command: subprocess.run(command, capture_output=True, text=True)  # noqa: E731
    return (f"kernel {platform.release().split('-')[0]}, curl {first('curl', '--version').stdout.split()[1]}, "
            f"{first('nginx', '-v').stderr.split()[-1]}, {' '.join(first('named', '-v').stdout.split()[:2])}, "
            f"{first('tcpdump', '--version').stdout.splitlines()[0]}")


def write_readme(directory, name, scenario, facts):
    lines = [f"# {name}: {scenario.TITLE}", "", scenario.SHOWS.strip(), "",
             f"Origin: the lab's scenario `{name}` (`lab/scenarios/{name.replace('-', '_')}.py`), "
             f"{date.today().isoformat()}, {versions()}.", "", "## The truth in short", "",
             "(All of it is in `truth.json`; the lab's README explains the keys.)", ""]
    for capture in facts["captures"]:
        lines.append(f"- `{capture['file']}`: {capture['vantage']}, {capture['packets']} packets, {capture['format']}")
    for request in facts["requests"]:
        times = ", ".join(f"{label} {request[key]} ms" for label, key in (
            ("name", "nameLookupMs"), ("connected", "connectMs"), ("TLS", "appConnectMs"),
            ("first byte", "startTransferMs"), ("all", "totalMs")) if request[key] is not None)
        lines.append(f"- {request['method']} {request['url']}: {request['httpCode'] or 'no answer'}, "
                     f"from {request['clientAddress']} port {request['clientPort']}, {request['sizeDownload']} bytes; {times}"
                     + (f"; curl's exit code {request['curlExit']}" if request["curlExit"] else ""))
    for question in facts["dns"]:
        answer = ", ".join(question["addresses"][:3]) + (" ..." if len(question["addresses"]) > 3 else "")
        lines.append(f"- DNS ({question['transport']}) {question['name']} {question['type']}: {question['rcode']} {answer}".rstrip())
    for entry in facts["closedFirst"]:
        lines.append(f"- connection from {entry['clientAddress']} port {entry['clientPort']}: "
                     f"closed first by {entry['who'] or '(not known)'}")
    for entry in facts["nat"]:
        lines.append(f"- NAT: {entry['protocol']} {entry['insideAddress']}:{entry['insidePort']} is "
                     f"{entry['outsideAddress']}:{entry['outsidePort']} outside (to {entry['remoteAddress']}:{entry['remotePort']})")
    for entry in facts["lost"]:
        lines.append(f"- lost on wire {entry['wire']}: {entry['protocol']} from {entry['sourceAddress']}, "
                     f"{entry['payloadBytes']} bytes" + (f", sequence number {entry['sequence']}" if "sequence" in entry else ""))
    for key, value in facts["expect"].items():
        text = json.dumps(value)
        lines.append(f"- {key}: {text if len(text) < LONGEST else f'{len(value)} entries'}")
    (directory / "README.md").write_text("\n".join(lines) + "\n")


def write_table(out, known):
    """fixtures/README.md: one line a fixture."""
    lines = ["# Fixtures", "", "Real captures that the project's lab (`lab/`) made, each with the truth the lab knew",
             "(`truth.json`; its keys are explained in `lab/README.md`) and its origin (`README.md`).",
             "The tests need only these files, not the lab. This table is written by `lab/run.sh`.", "",
             "| fixture | what it shows | captures (packets) |", "|---|---|---|"]
    for file in sorted(out.glob("*/truth.json")):
        facts = json.loads(file.read_text())
        captures = ", ".join(f"`{item['file']}` ({item['packets']})" for item in facts["captures"])
        lines.append(f"| [{facts['scenario']}]({file.parent.name}/) | {known[facts['scenario']].TITLE} | {captures} |")
    (out / "README.md").write_text("\n".join(lines) + "\n")


def play(lab, name, scenario, out):
    """One scenario, once."""
    lab.out = lab.directory / "fixture"
    shutil.rmtree(lab.out, ignore_errors=True)
    lab.out.mkdir()
    lab.reset()
    getattr(scenario, "prepare", lambda lab: None)(lab)
    settle(0.2)  # nothing of the preparation in the capture
    lab.mark()
    captures = [Capture(lab.processes, lab.out, vantage, kind) for vantage, kind in scenario.CAPTURES.items()]
    scenario.run(lab)
    settle()
    facts = truth.assemble(name, lab, [capture.stop() for capture in captures])
    (lab.out / "truth.json").write_text(truth.written(facts))
    getattr(scenario, "finish", lambda lab: None)(lab)
    write_readme(lab.out, name, scenario, facts)
    problems = check.problems(lab.out)
    target = out / name
    if not problems:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(lab.out, target, copy_function=shutil.copyfile)
    return problems, facts


def main():
    parser = argparse.ArgumentParser(prog="lab/run.sh")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this scenario (may be repeated)")
    parser.add_argument("--out", type=Path, default=HERE.parent / "fixtures", help="where the fixtures go")
    parser.add_argument("--attempts", type=int, default=4, help="a busy machine spoils times: play again")
    parser.add_argument("--clean", action="store_true", help="take away what a killed run left, nothing else")
    parser.add_argument("--list", action="store_true", help="names of the scenarios")
    options = parser.parse_args()
    known = scenarios()
    if options.list:
        print("\n".join(f"{name:20} {scenario.TITLE}" for name, scenario in known.items()))
        return 0
    unknown = set(options.only or []) - set(known)
    if unknown:
        sys.exit(f"no such scenario: {', '.join(sorted(unknown))}")
    if os.geteuid() != 0:
        sys.exit("the lab makes network namespaces: run it as root")
    if options.clean:
        Network().clean()
        for left in Path(tempfile.gettempdir()).glob("wirebook-lab-*"):
            shutil.rmtree(left)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = []
    with tempfile.TemporaryDirectory(prefix="wirebook-lab-") as directory:
        lab = Lab(directory)
        try:
            lab.up()
            for name in options.only or known:
                started = time.monotonic()
                for _ in range(options.attempts):
                    problems, facts = play(lab, name, known[name], options.out)
                    if not problems:
                        break
                    print(f"{name}: {'; '.join(problems)}", flush=True)
                counts = ", ".join(f"{item['file']} {item['packets']}" for item in facts["captures"])
                print(f"{'FAILED ' if problems else ''}{name}: {counts} ({time.monotonic() - started:.1f} s)", flush=True)
                failed += [name] if problems else []
            write_table(options.out, known)
        except LabError as error:
            print(f"lab: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            lab.network.down()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
