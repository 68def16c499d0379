TITLE = "redirected twice, over three hosts"
SHOWS = """
http://my-app.com/moved answers 302 to shop.my-app.com, which answers 307 to www.my-app.com: three names, one address, three
connections. The page's file is then fetched over the last connection.
"""
CAPTURES = {"client": "pcap"}
PAGE = "http://www.my-app.com/page.html"


def prepare(lab):
    lab.warm_resolver("my-app.com", "shop.my-app.com", "www.my-app.com")


def run(lab):
    lab.script(pc=[
        {"open": "a", "host": "my-app.com"}, {"get": "/moved", "on": "a"},
        {"open": "b", "host": "shop.my-app.com"}, {"get": "/moved?again=1", "on": "b"},
        {"open": "c", "host": "www.my-app.com"}, {"get": "/page.html", "on": "c"},
        {"get": "/one.css", "on": "c", "referer": PAGE}])
    lab.expect["chain"] = ["http://my-app.com/moved", "http://shop.my-app.com/moved?again=1", PAGE]
