TITLE = "DNS answers are lost, the question is repeated"
SHOWS = """
The wire drops the resolver's first two answers; the stub (timeout 1 s) asks again.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")
    lab.network.stub("198.51.100.2", "timeout:1")
    lab.drop("resolver", to="a", sourcePort=53, nth=1, count=2)


def run(lab):
    lab.curl("http://www.my-app.com/")
