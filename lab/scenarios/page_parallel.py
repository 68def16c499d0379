TITLE = "a page and what it needs, over parallel connections"
SHOWS = """
One page; then five files with the page as Referer: two over the page's connection, one after the other, the others over two more
connections opened for them (one of them used twice).
"""
CAPTURES = {"client": "pcap"}
PAGE = "http://www.my-app.com/page.html"


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    get = lambda path, on: {"get": path, "on": on, "referer": PAGE}  # noqa: E731
    lab.script(pc=[
        {"open": "a", "host": "www.my-app.com"}, {"get": "/page.html", "on": "a"},
        {"together": [
            [get("/one.css", "a"), get("/home.html", "a")],
            [{"open": "b", "host": "www.my-app.com"}, get("/two.css", "b"), get("/", "b")],
            [{"open": "c", "host": "www.my-app.com"}, get("/three.css", "c")]]}])
