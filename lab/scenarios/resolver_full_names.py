TITLE = "a resolver that asks every server for the full name"
SHOWS = """
As resolver-chain, with QNAME minimisation (RFC 9156) switched off in the resolver: root and TLD see the whole name.
Seen at the resolver and at each name server. `expect.chain` is what each server logged.
"""
CAPTURES = {"resolver": "pcap", "root": "pcap", "tld": "pcap", "authoritative": "pcap"}


def prepare(lab):
    lab.names.cold("qname-minimization off;")


def run(lab):
    lab.curl("http://www.my-app.com/")
    lab.expect["chain"] = lab.names.asked()
