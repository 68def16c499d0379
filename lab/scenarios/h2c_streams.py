from labkit.streams import HOST, Streams

TITLE = "what HTTP/2 streams can do"
SHOWS = """
Node's client and server, one connection in the clear: a push, trailers, interim responses, header sections too large for one frame,
an upload, gRPC's status, a stream that the client cancels, two that the server resets, and GOAWAY at the end.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver(HOST)
    lab.streams = Streams(lab)


def run(lab):
    lab.streams.together(
        [{"path": "/push"}, {"path": "/trailers"}, {"path": "/hints"}, {"path": "/slow"}],
        [{"path": "/fields"}, {"path": "/", "fields": 40}, {"path": "/upload", "method": "POST", "body": 70000}],
        [{"path": "/lab.Echo/Say", "method": "POST", "body": 8, "contentType": "application/grpc"}],
        [{"path": "/never", "cancelMs": 80}, {"path": "/abort"}, {"path": "/refuse"}, {"path": "/big"}],
        [{"path": "/goaway"}])
    lab.expect["answered"] = lab.streams.stop()
