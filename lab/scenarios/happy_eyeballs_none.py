TITLE = "happy eyeballs: no address works"
SHOWS = """
IPv6 packets are dropped, IPv4 is refused; curl waits for IPv6 until its time is up (exit code 28).
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("hole.my-app.com")


def run(lab):
    lab.race("http://hole.my-app.com:8081/", "--connect-timeout", "3")
