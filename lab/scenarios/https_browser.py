from labkit.browser import Browser

TITLE = "a browser: HTTP/2 and HTTP/1.1 over TLS 1.3 and 1.2"
SHOWS = """
Chromium opens a page of Node's server four times, by HTTP/2 and HTTP/1.1 over TLS 1.3 and over TLS 1.2 (False Start), and fetches more:
an upload, several things at once, header sections too large for one frame both ways, trailers, an interim response, 304, HEAD, chunks.
`browser` is its own account of every request (bytes and times, from its NetLog), `answered` the server's. `client.keylog` holds the lab
run's throwaway secrets.
"""
CAPTURES = {"client": "pcapng"}


def prepare(lab):
    lab.browser = Browser(lab, 444, 445, 4444, 4445)


def run(lab):
    lab.browser.visit(
        [{"path": "/post", "method": "POST", "body": 5000}],
        [{"path": "/late"}, {"path": "/one.svg?2"}, {"path": "/chunked"}, {"path": "/nothing"}],
        [{"path": "/large", "method": "HEAD"}],
        [{"path": "/tagged", "headers": {"if-none-match": '"one"'}}],
        [{"path": "/one.svg?large", "headers": {"x-large": "abcdefghij" * 2500}}],
        [{"path": "/fields"}], [{"path": "/trailers"}], [{"path": "/hints"}])
    lab.expect["answered"], lab.expect["closed"] = lab.browser.stop()
