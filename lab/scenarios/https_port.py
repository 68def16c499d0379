TITLE = "HTTPS on another port"
SHOWS = """
TLS 1.2 and TLS 1.3 on port 8443, and plain HTTP on port 443. The names are literal addresses for the last one.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("www.my-app.com")


def run(lab):
    for version in ("1.2", "1.3"):
        said = lab.curl("https://www.my-app.com:8443/", options=("--cacert", lab.web.authority, "--tls-max", version))
        lab.expect[f"tls{version}"] = {"httpCode": said[0]["httpCode"], "httpVersion": said[0]["httpVersion"],
                                       "clientPort": said[0]["clientPort"], "port": 8443}
    lab.requests.clear()  # no keys are kept: nothing of the requests is in the clear
    lab.curl("http://192.0.2.80:443/")
