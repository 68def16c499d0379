from labkit.capture import settle

TITLE = "a DNS answer in IP fragments"
SHOWS = """
dig allows answers of 4096 bytes by EDNS; the answer of about 3200 bytes comes in three IP fragments,
of which only the first has ports.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.in_client("dig", "+tcp", "big.my-app.com", "TXT")
    settle(0.2)
    lab.network.forget_neighbours()


def run(lab):
    said = lab.in_client("dig", "+bufsize=4096", "+ignore", "+notcp", "big.my-app.com", "TXT")
    lab.expect["answer"] = {"records": said.count('"record '), "dnsBytes": int(said.split("MSG SIZE  rcvd: ")[1].split()[0])}
