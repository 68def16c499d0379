import time

TITLE = "a cache that says how old its answer is"
SHOWS = """
Two requests for the same page: the second answer comes from the cache and says so (Age). At the client and on both sides of the cache.
"""
CAPTURES = {"client": "pcap", "cache-front": "pcap", "cache-back": "pcap"}


def prepare(lab):
    lab.rack.start("balancer")
    lab.warm_resolver("store.my-app.com")
    time.sleep(1.5)


def run(lab):
    lab.curl("http://store.my-app.com/")
    time.sleep(1.3)
    lab.curl("http://store.my-app.com/")
