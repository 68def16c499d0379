TITLE = "a name that does not exist"
SHOWS = """
The resolver asks root, TLD and authoritative server and answers NXDOMAIN. No connection. curl's exit code is 6.
"""
CAPTURES = {"client": "pcap", "gateway-outside": "pcap"}


def run(lab):
    lab.curl("http://wwww.my-app.com/")
