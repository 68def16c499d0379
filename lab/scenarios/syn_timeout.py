TITLE = "a firewall that drops silently"
SHOWS = """
No answer to the SYN; the kernel repeats it until curl gives up after 4 s (exit code 28).
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("silent.my-app.com")


def run(lab):
    before = lab.counter("pc", "TcpExtTCPSynRetrans")
    lab.curl("http://silent.my-app.com/", options=("--connect-timeout", "4"))
    lab.expect["synRetransmissions"] = lab.counter("pc", "TcpExtTCPSynRetrans") - before
