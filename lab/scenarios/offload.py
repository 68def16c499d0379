TITLE = "segmentation and checksum offload"
SHOWS = """
The client's interface leaves segmentation and checksums to the hardware (as most do): outgoing packets larger than
the MTU and with unfilled TCP/UDP checksums are normal here, not errors.
"""
CAPTURES = {"client": "pcap"}


def prepare(lab):
    lab.warm_resolver("old.my-app.com")
    lab.network.offload(True)
    # beyond 64 kB curl's time_starttransfer would be the upload's first byte
    (lab.directory / "upload").write_bytes(b"offload " * 7500)


def run(lab):
    # on a link this slow the kernel would build super-segments of two segments only
    before = lab.in_client("sysctl", "-n", "net.ipv4.tcp_min_tso_segs").strip()
    lab.in_client("sysctl", "-qw", "net.ipv4.tcp_min_tso_segs=16")
    lab.curl("http://old.my-app.com/upload", options=("--data-binary", f"@{lab.directory / 'upload'}"))
    lab.in_client("sysctl", "-qw", f"net.ipv4.tcp_min_tso_segs={before}")
    lab.expect["offload"] = {"interface": "client", "segmentation": True, "checksumsFilledBySender": False, "mtu": 1500}
