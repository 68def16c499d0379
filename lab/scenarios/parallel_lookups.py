TITLE = "three requests at once, each with its own lookup"
SHOWS = """
curl --parallel fetches three pages of one name at the same moment over three connections. Its name cache is still empty,
so each of them looks the name up for itself.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    at_once = ("--parallel", "--parallel-immediate")
    lab.curl("http://www.my-app.com/", "http://www.my-app.com/home.html", "http://www.my-app.com/page.html", options=at_once)
