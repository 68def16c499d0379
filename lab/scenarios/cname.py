TITLE = "a name that is an alias of another"
SHOWS = """
shop.my-app.com is an alias (CNAME) of www.my-app.com: one DNS answer with two records.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("shop.my-app.com")


def run(lab):
    lab.curl("http://shop.my-app.com/")
