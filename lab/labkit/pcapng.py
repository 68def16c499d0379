"""Takes the machine's description out of a pcapng file that dumpcap wrote (it names the processor and the kernel)."""
import struct

SECTION, INTERFACE = 0x0A0D0D0A, 1
LEAVE_OUT = {SECTION: {2, 3}, INTERFACE: {12}}  # hardware and system; the interface's system


def without(options, codes):
    kept, at = b"", 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, at)
        size = 4 + (length + 3) // 4 * 4
        if code not in codes:
            kept += options[at:at + size]
        at += size
    return kept


def anonymize(file):
    data, out, at = file.read_bytes(), b"", 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        block = data[at:at + length]
        fixed = {SECTION: 24, INTERFACE: 16}.get(kind)
        if fixed:
            body = block[8:fixed] + without(block[fixed:-4], LEAVE_OUT[kind])
            size = struct.pack("<I", len(body) + 12)
            block = struct.pack("<I", kind) + size + body + size
        out, at = out + block, at + length
    file.write_bytes(out)
