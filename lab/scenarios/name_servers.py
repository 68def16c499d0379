TITLE = "a resolver's questions, seen at the root, the TLD and the authoritative server"
SHOWS = """
A cold resolver that minimises names (RFC 9156): the root is asked for "com", the TLD for "my-app.com", the authoritative
server for the whole name. `expect.chain` is what each server logged.
"""
CAPTURES = {"root": "pcap", "tld": "pcap", "authoritative": "pcap"}


def run(lab):
    lab.curl("http://www.my-app.com/")
    lab.expect["chain"] = lab.names.asked()
