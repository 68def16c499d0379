TITLE = "the resolver's way from the root to the answer"
SHOWS = """
Seen at the resolver: the client's question, then its own to root, TLD and authoritative server (and what else it wants
to know), the answer back. `expect.chain` is what each server logged.
"""
CAPTURES = {"client": "pcap", "resolver": "pcap"}


def run(lab):
    lab.curl("http://shop.my-app.com/")
    lab.expect["chain"] = lab.names.asked()
