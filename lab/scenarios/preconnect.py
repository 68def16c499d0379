TITLE = "connections opened in advance that carry no request"
SHOWS = """
As browsers do, the client opens three connections for one name at once and needs only one: two requests go over `used`,
none over `spare` and `late`. `spare` is closed by the client, `late` when the program ends.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.script(pc=[
        {"lookup": "www.my-app.com"},
        {"together": [[{"open": "used", "host": "www.my-app.com"}],
                      [{"wait": 0.002}, {"open": "spare", "host": "www.my-app.com"}],
                      [{"wait": 0.004}, {"open": "late", "host": "www.my-app.com"}]]},
        {"get": "/", "on": "used"}, {"close": "spare"}, {"get": "/home.html", "on": "used"}])
