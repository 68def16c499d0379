from labkit.streams import HOST, PORT, Streams

TITLE = "HTTP/2 in the clear, by prior knowledge"
SHOWS = """
curl begins with HTTP/2's preface; four requests, each over a connection of its own (this curl cannot use one again in the clear),
one of them answered after 150 ms and one of 100,000 bytes.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver(HOST)
    lab.streams = Streams(lab)


def run(lab):
    base = f"http://{HOST}:{PORT}"
    for path in ("/", "/slow", "/big", "/nothing"):
        lab.curl(base + path, options=("--http2-prior-knowledge",))
    lab.expect["answered"] = lab.streams.stop()
