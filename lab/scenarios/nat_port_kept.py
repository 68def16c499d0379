TITLE = "a gateway that keeps the client's port"
SHOWS = """
Linux's plain masquerade: the address changes, the port stays as long as nobody else has it.
"""
CAPTURES = {"gateway-inside": "pcap", "gateway-outside": "pcap"}
PLAIN = """
table ip nat {
  chain post { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
}
"""


def prepare(lab):
    lab.network.translate(PLAIN)
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/")
