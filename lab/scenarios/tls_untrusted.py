from labkit.capture import settle

TITLE = "the client does not trust the certificate"
SHOWS = """
TLS 1.2; curl does not know the lab's authority and ends the handshake with an alert. curl's exit code is 60.
The kernel then resets the connection, because curl closes it.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    lab.curl("https://www.my-app.com/", options=("--tls-max", "1.2"))
    settle()
    said = [line for line in lab.web.since_mark("error.log") if "while SSL handshaking" in line]
    lab.expect["nginxSays"] = [line[line.index("*"):].split(" ", 1)[1] for line in said]
    lab.expect["tls"] = {"sni": "www.my-app.com", "failed": True, "alertFrom": "client"}
