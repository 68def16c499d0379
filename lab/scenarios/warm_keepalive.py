TITLE = "a second request on the same connection"
SHOWS = """
Names and neighbours are known. One curl asks for two pages, the second on the connection of the first;
then another curl asks for one page twice on a connection of its own.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    lab.in_client("curl", "-s", "-o", "/dev/null", "http://www.my-app.com/")


def run(lab):
    lab.curl("http://www.my-app.com/", "http://www.my-app.com/home.html")
    lab.curl("http://www.my-app.com/home.html", "http://www.my-app.com/home.html")
