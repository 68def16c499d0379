TITLE = "errors and lengths that do not hold, on an odd port"
SHOWS = """
Plain HTTP on port 8080: 404, 410, 500 and 503, an answer that promises more bytes than it sends (curl's exit code is 18), and one
that sends more than it promises.
"""
CAPTURES = {"client": "pcap"}
URL = "http://old.my-app.com:8080"


def prepare(lab):
    lab.warm_resolver("old.my-app.com")


def run(lab):
    for path in ("/404", "/410", "/500", "/503", "/short", "/long"):
        lab.curl(URL + path)
    lab.expect["lengths"] = {"/short": {"promised": 100, "sent": 40}, "/long": {"promised": 40, "sent": 100}}
