from labkit.http3 import Http3

TITLE = "a browser's page over HTTP/3, with lost packets"
SHOWS = """
As `https-h3`, but two datagrams to the browser and one from it are lost on the way (`lost`): what they carried is sent again in other
packets, in another order. `client.keylog` holds the lab run's throwaway secrets.
"""
CAPTURES = {"client": "pcapng"}


def prepare(lab):
    lab.warm_resolver("h3.my-app.com")
    lab.http3 = Http3(lab)


def run(lab):
    for nth in (20, 45):
        lab.drop("home", to="a", sourcePort=443, minPayload=1000, nth=nth, count=1)
    lab.drop("home", to="b", minPayload=1000, nth=8, count=1)
    lab.http3.open(lab.out / "client.keylog")
    lab.http3.stop()
