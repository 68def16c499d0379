import time

TITLE = "the same name twice: the resolver asks once and keeps the answer"
SHOWS = """
A cold resolver is asked, and asked again three seconds later: the client keeps nothing and asks, the resolver answers from its
cache with a TTL that is three seconds smaller. `expect.first` and `expect.second` are what the name servers logged for each.
"""
CAPTURES = {"client": "pcap", "resolver": "pcap"}


def run(lab):
    lab.curl("http://www.my-app.com/")
    time.sleep(3)  # the resolver has asked all that it wants to know, and seconds of the TTL have passed
    lab.expect["first"] = lab.names.asked()
    mark = {name: len(server.log.lines) for name, server in lab.names.servers.items()}
    lab.curl("http://www.my-app.com/home.html")
    time.sleep(0.3)
    lab.expect["second"] = {name: [line for line in server.log.lines[mark[name]:] if " query: " in line]
                            for name, server in lab.names.servers.items() if name != "resolver"}
