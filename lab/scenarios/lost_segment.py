TITLE = "one segment of an answer is lost"
SHOWS = """
The wire between the provider and the gateway drops exactly one data segment of a 60 kB answer. The client's capture
has a hole that a retransmission fills; the server's capture (packets cut at 128 bytes) has the segment twice.
Which one it was says the wire's own log.
"""
CAPTURES = {"client": "pcap", "server": "pcap:128"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    lab.drop("home", to="a", sourcePort=80, minPayload=1000, nth=9, count=1)


def run(lab):
    before = lab.counter("web", "TcpRetransSegs")
    lab.curl("http://www.my-app.com/data60k.bin")
    lab.expect["retransmittedByServer"] = lab.counter("web", "TcpRetransSegs") - before
