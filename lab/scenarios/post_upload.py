TITLE = "an upload of 50 kB"
SHOWS = """
POST with a body of 50000 bytes; the server reads all of it and answers 201. Then a small one on the same connection
that waits for "100 Continue" before it sends its body.
"""
CAPTURES = {"client": "pcapng"}
URL = "http://old.my-app.com/upload"


def prepare(lab):
    lab.warm_resolver("old.my-app.com")
    (lab.directory / "large").write_bytes(b"0123456789" * 5000)
    (lab.directory / "small").write_bytes(b"name=value\n" * 100)


def run(lab):
    lab.curl_steps((URL, ("--data-binary", f"@{lab.directory / 'large'}")),
                   (URL, ("--data-binary", f"@{lab.directory / 'small'}", "-H", "Expect: 100-continue")))
