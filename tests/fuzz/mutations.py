"""Records of a format, spoilt at random: the same seed, the same records. Who reads them: `readers`."""

import random
from collections.abc import Sequence

_TELLING = (
    b"", b"\n", b"\r", b"\0", b'"', b"'", b",", b";", b":", b"=", b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"-",
    b" ", b"\t", b"\\", b"/", b"%", b"#015", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe4\xb8", b"null", b"true", b"1e999",
    b"-1", b"0", b"99999999999999999999", b"NaN", b"00:00:00:00:00:00", b"ff:ff:ff:ff:ff:ff", b"0000.0000.0000",
    b"Feb 30 25:61:61", b"1970-01-01T00:00:00Z", b"9999-12-31 23:59:59", b"x" * 300,
)  # fmt: skip


class Mutator:
    """An endless source of spoilt copies of `records`."""

    def __init__(self, seed: int, records: Sequence[bytes]) -> None:
        self._random = random.Random(seed)
        self._records = records

    def next(self) -> bytes:
        """One record with one to four faults."""
        record = self._random.choice(self._records)
        for _ in range(self._random.randint(1, 4)):
            record = self._spoilt(record)
        return record

    def _spoilt(self, record: bytes) -> bytes:
        start, end = sorted(self._random.randint(0, len(record)) for _ in range(2))
        end = min(end, start + self._random.choice((1, 2, 8, 40)))
        return record[:start] + self._instead(record[start:end]) + record[end:]

    def _instead(self, stretch: bytes) -> bytes:
        """In place of a stretch: nothing, itself twice, noise, a telling word, flipped bits, part of another record."""
        match self._random.randrange(6):
            case 0:
                return b""
            case 1:
                return stretch + stretch
            case 2:
                return self._random.randbytes(len(stretch))
            case 3:
                return self._random.choice(_TELLING)
            case 4:
                return bytes(byte ^ 1 << self._random.randrange(8) for byte in stretch)
            case _:
                other = self._random.choice(self._records)
                at = self._random.randint(0, len(other))
                return other[at : at + 40]
