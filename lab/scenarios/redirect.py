from labkit import client
from labkit.truth import inside_port

TITLE = "a redirect to another host"
SHOWS = """
http://my-app.com/ answers 301, curl -L follows to http://www.my-app.com/home.html: another name, another connection.
Both steps' times are from curl's own trace; each counts from its step's start (the first from curl's start).
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("my-app.com", "www.my-app.com")


def run(lab):
    lab.requests, whole = client.redirect("http://my-app.com/", lab.directory)
    step, served = lab.requests[0], lab.web.requests()[0]  # curl tells the port of the last step only
    step["clientPort"] = inside_port(lab.translations.read(), "tcp", served["clientPortAtServer"], 80)
    step["sizeDownload"] = served["bodyBytesSent"]
    lab.expect["chain"] = {"redirects": 1, "totalMs": whole["totalMs"]}
