TITLE = "three clients load the same page at the same time"
SHOWS = """
Each client is redirected over two other hosts to one page, then fetches what the page needs over parallel connections,
with the page as Referer. The URLs are the same for all of them, the names and the moments too.
"""
CAPTURES = {"gateway-inside": "pcap"}
PAGE = "http://www.my-app.com/page.html"
LOAD = [{"open": "a", "host": "my-app.com"}, {"get": "/moved", "on": "a"},
        {"open": "b", "host": "shop.my-app.com"}, {"get": "/moved?again=1", "on": "b"},
        {"open": "c", "host": "www.my-app.com"}, {"get": "/page.html", "on": "c"},
        {"together": [
            [{"get": "/one.css", "on": "c", "referer": PAGE}],
            [{"open": "d", "host": "www.my-app.com"}, {"get": "/two.css", "on": "d", "referer": PAGE}],
            [{"open": "e", "host": "www.my-app.com"}, {"get": "/three.css", "on": "e", "referer": PAGE}]]}]


def prepare(lab):
    lab.warm_resolver("my-app.com", "shop.my-app.com", "www.my-app.com")


def run(lab):
    lab.script(pc=LOAD, pc2=LOAD, pc3=LOAD)
    lab.expect["chain"] = ["http://my-app.com/moved", "http://shop.my-app.com/moved?again=1", PAGE]
