import hashlib

TITLE = "a compressed answer in chunks"
SHOWS = """
nginx compresses a style sheet while it sends it: Transfer-Encoding: chunked and Content-Encoding: gzip.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/style.css", options=("--compressed",))
    decoded = (lab.directory / "body").read_bytes()
    lab.expect["body"] = {"transferEncoding": "chunked", "contentEncoding": "gzip",
                          "decodedBytes": len(decoded), "decodedSha256": hashlib.sha256(decoded).hexdigest()}
