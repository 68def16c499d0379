import time
from concurrent.futures import ThreadPoolExecutor

from labkit.shell import inside
from labkit.shell import run as command

TITLE = "the gateway forgets a connection that is in use"
SHOWS = """
The gateway's table is emptied in the middle of a connection. The server's FIN finds no entry: the gateway itself answers RST. The
client's next request leaves from another port, of which the server knows no connection: the server answers RST, too.
"""
CAPTURES = {"client": "pcap", "gateway-inside": "pcap", "gateway-outside": "pcap", "server": "pcap"}


def prepare(lab):
    lab.warm_resolver("old.my-app.com")


def run(lab):
    steps = [{"open": "a", "host": "old.my-app.com", "port": 80}, {"get": "/later", "on": "a"}, {"wait": 0.9},
             {"try": [{"get": "/", "on": "a"}]}]
    with ThreadPoolExecutor() as pool:
        playing = pool.submit(lambda: lab.script(pc=steps))
        time.sleep(1.05)  # the script begins after 0.7 s, the server closes half a second after its answer
        command(*inside("gw", "conntrack", "-F"))
        playing.result()
    lab.expect["flushed"] = True
