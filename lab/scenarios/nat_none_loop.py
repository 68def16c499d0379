from labkit.network import PREFIX
from labkit.shell import run as command

TITLE = "a gateway that does not translate, and routers with default routes at each other"
SHOWS = """
The answer to a private address goes back and forth between two routers until its hop limit is used up; one of
them tells the server (ICMP Time Exceeded).
"""
CAPTURES = {"gateway-outside": "pcap", "return-router": "pcap", "server": "pcap"}
WAY = ["default", "via", "198.51.100.66"]


def prepare(lab):
    lab.network.translate("")
    command("ip", "-n", PREFIX + "isp", "route", "add", *WAY)


def run(lab):
    lab.expect["pings answered"] = lab.ping("192.0.2.80", 1, 4244)
    lab.expect["loop"] = ["198.51.100.65", "198.51.100.66"]


def finish(lab):
    command("ip", "-n", PREFIX + "isp", "route", "del", *WAY)
