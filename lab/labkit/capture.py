"""Captures at the lab's vantage points."""
import re
import signal
import subprocess
import time

from . import pcapng
from .shell import LabError, Lines, inside

VANTAGES = {  # name: namespace, interface
    "client": ("pc", "eth0"),
    "gateway-inside": ("gw", "lan"),  # every client of the home
    "gateway-any": ("gw", "any"),  # both sides of the NAT in one file
    "gateway-outside": ("gw", "wan"),
    "resolver": ("resolver", "eth0"),
    "root": ("root", "eth0"), "tld": ("tld", "eth0"), "authoritative": ("auth", "eth0"),  # the name servers
    "trunk": ("dc", "port1"),
    "server": ("web", "eth0"),
    "router": ("isp", "dc"),  # the provider's link to the data centre
    "return-router": ("transit", "isp"),  # the other way back
    "cache-front": ("proxy", "eth0"), "cache-back": ("proxy", "back"),
    "balancer-front": ("proxy", "eth0"), "balancer-back": ("proxy", "back"),
    "balancer-any": ("proxy", "any"),
    "origin": ("app1", "eth0"),
}
SUFFIX = {"pcap": "pcap", "pcap-nano": "pcap", "pcapng": "pcapng",
          "pcap-sll": "pcap", "pcap-sll2": "pcap"}
COOKED = {"pcap-sll": "LINUX_SLL", "pcap-sll2": "LINUX_SLL2"}


class Capture:
    """kind: "pcap" (microseconds), "pcap-nano", "pcapng" (dumpcap), "pcap-sll"/"pcap-sll2"
    (Linux cooked, all interfaces); "pcap:128" cuts packets at 128 bytes."""

    def __init__(self, processes, directory, vantage, kind):
        self.processes, self.vantage = processes, vantage
        self.kind, _, length = kind.partition(":")
        self.file = directory / f"{vantage}.{SUFFIX[self.kind]}"
        namespace, interface = VANTAGES[vantage]
        length = length or "65535"
        interface = "any" if self.kind in COOKED else interface
        if self.kind == "pcapng":
            command, sign = ["dumpcap", "-q", "-i", interface, "-s", length, "-B", "32", "-w", self.file], "File:"
        else:
            precision = "nano" if self.kind == "pcap-nano" else "micro"
            command = ["tcpdump", "-i", interface, "-s", length, "-B", "32768", "-n", "-U", "--immediate-mode",
                       "-Z", "root", f"--time-stamp-precision={precision}", "-w", self.file]
            command += ["-y", COOKED[self.kind]] if self.kind in COOKED else []
            sign = "listening on"
        self.process = processes.start(inside(namespace, *command), stderr=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, text=True)
        self.output = Lines(self.process.stderr)
        self.output.wait_for(sign)

    def stop(self):
        """What the truth file says of this capture. A lossy capture is an error."""
        self.processes.stop(self.process, signal.SIGINT)
        text = "\n".join(self.output.finish())
        if self.kind == "pcapng":
            pcapng.anonymize(self.file)
            packets, dropped = map(int, re.search(r"received/dropped on interface '.*': (\d+)/(\d+)", text).groups())
        else:
            packets = int(re.search(r"(\d+) packets? captured", text)[1])
            dropped = int(re.search(r"(\d+) packets? dropped by kernel", text)[1])
        if dropped:
            raise LabError(f"{self.file.name}: {dropped} packets dropped by the kernel")
        return {"file": self.file.name, "vantage": self.vantage, "format": self.kind, "packets": packets}


def settle(seconds=0.4):
    """The last packets arrive, and the capture programs have time to write them."""
    time.sleep(seconds)
