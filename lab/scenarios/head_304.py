TITLE = "answers without a body: HEAD and 304"
SHOWS = """
One connection: HEAD (a Content-Length, but no body), a conditional GET (304, no body), a GET with its body.
"""
CAPTURES = {"client": "pcap"}
URL = "http://www.my-app.com/home.html"


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    said = lab.in_client("curl", "-sI", URL)  # captured too: it gives the entity tag
    tag = next(line.split(" ", 1)[1] for line in said.splitlines() if line.lower().startswith("etag:"))
    lab.curl_steps((URL, ("-I",)), (URL, ("-H", f"If-None-Match: {tag}")), (URL, ()))
