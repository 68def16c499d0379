TITLE = "happy eyeballs: IPv6 answers too late"
SHOWS = """
IPv6 takes 100 ms longer than IPv4. curl tries IPv4 after 100 ms, which is there first; the answer of IPv6 comes while the
request is under way, and nobody waits for it any more: the client's kernel resets that connection.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("dual.my-app.com")
    lab.delay("home", to="a", version=6, sourcePort=80, ms=100)


def run(lab):
    lab.race("http://dual.my-app.com/think", "--happy-eyeballs-timeout-ms", "100")
    lab.expect["late"] = {"serverAddress": "2001:db8:80::80", "resetBy": "client"}
