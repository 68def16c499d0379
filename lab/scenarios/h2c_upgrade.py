from labkit.streams import HOST, UPGRADE_PORT, Streams

TITLE = "HTTP/2 in the clear, by Upgrade from HTTP/1.1"
SHOWS = """
curl asks in HTTP/1.1 with "Upgrade: h2c"; the server switches (101) and answers as stream 1 of HTTP/2. The second request is
stream 3 of the same connection.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver(HOST)
    lab.streams = Streams(lab)


def run(lab):
    base = f"http://{HOST}:{UPGRADE_PORT}"
    first, _ = lab.curl(f"{base}/first", f"{base}/second", options=("--http2",))
    first["upgraded"] = True  # curl's first byte is that of the 101
    lab.expect["answered"] = lab.streams.stop()
