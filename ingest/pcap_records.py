"""Where the records of a growing pcap end: a capture can be read, or made whole, before it is finished.

    head, 24 bytes: magic in the byte order of the file ... | second, fraction, stored, original | frame | ...

What does not live here: reading frames (`capture`). A pcapng has blocks in place of records, and is not known here.
"""

import struct

HEAD_BYTES = 24
_RECORD_HEAD = 16
_ORDERS = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}


def is_pcap(head: bytes) -> bool:
    return head[:4] in _ORDERS


def whole_records(data: bytes, head: bytes, most: int = 1 << 62) -> tuple[int, int]:
    """(bytes, records) of the whole records at the beginning of `data`, at most `most`; (0, 0) of what is no pcap.

    `head`: the file's first 24 bytes; they may stand at the beginning of `data`, and then count as bytes.
    """
    if not is_pcap(head) or len(head) < HEAD_BYTES:
        return 0, 0
    stored = struct.Struct(_ORDERS[head[:4]] + "8xI4x")
    end = HEAD_BYTES if data.startswith(head) else 0
    count = 0
    while count < most and end + _RECORD_HEAD <= len(data):
        after = end + _RECORD_HEAD + stored.unpack_from(data, end)[0]
        if after > len(data):
            break
        end, count = after, count + 1
    return end, count
