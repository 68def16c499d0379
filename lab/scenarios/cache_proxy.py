import time

TITLE = "a cache in front of a server: miss, hit, asked after, not to be kept"
SHOWS = """
Six requests to a cache that says X-Cache: `/` is fetched and kept, then answered by the cache alone; `/short` is kept for a second and
then asked after with its ETag (304); `/personal` must not be kept and is fetched each time.
"""
CAPTURES = {"client": "pcap", "cache-front": "pcap", "cache-back": "pcap", "origin": "pcap"}


def prepare(lab):
    lab.rack.start("cache")
    lab.warm_resolver("cache.my-app.com")


def run(lab):
    page = "http://cache.my-app.com"
    lab.curl(f"{page}/", f"{page}/", f"{page}/short")
    time.sleep(2.2)
    lab.curl(f"{page}/short", f"{page}/personal", f"{page}/personal")
