TITLE = "frames with an 802.1Q tag"
SHOWS = """
The data centre's switch carries the web server's frames in VLAN 100. `trunk.pcap` is taken there: same request,
tagged frames, the address outside of the NAT. `client.pcap` has no tags.
"""
CAPTURES = {"client": "pcap", "trunk": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("http://www.my-app.com/")
    lab.expect["vlan"] = {"vantage": "trunk", "id": 100}
