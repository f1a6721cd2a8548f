"""What RADIUS accounting means, whichever file tells it: the place, the account, the rows of a session.

Reading the files lives in `formats.freeradius` and `formats.radacct`.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.feed import Feed
from ingest.mac_text import mac_of_text
from ingest.mapping import ap_name, judge
from ingest.scan import mac_text
from ingest.words import Words
from schemas.sighting import IDLE, LEFT

IDLE_CAUSES = ("Idle-Timeout", "4")
NOT_TOLD = -1  # in place of a session's length
_MAC_LENGTHS = (17, 14, 12)
_ANONYMOUS = "anonymous"  # the outer name of 802.1X, where the inner one is not for a log

Int64s = npt.NDArray[np.int64]
Verdicts = npt.NDArray[np.int8]


def access_points(feed: Feed, called: Words, nas: Words, location: Words, verdict: Verdicts) -> Words:
    """The key of each record's AP, from what the feed says names it (`ap_is`); none at all is `no-ap`."""
    named = {"nas-identifier": nas, "location-name": location}.get(feed.ap_is, called)
    judge(verdict, named.codes < 0, "no-ap")
    judge(verdict, named.is_bad(), "bad-encoding")
    return named.mapped(called_station if named is called else ap_name)


def called_station(text: str) -> str:
    """The AP of a Called-Station-Id: its MAC, told by its length, for MAC and network name may both hold colons.

    00-10-A4-23-19-C0:mall   5c:7d:c1:0b:4d:b1   DC08568BB73C:mall   else the text before a colon: door-7:mall
    """
    for length in _MAC_LENGTHS:
        mac = mac_of_text(text[:length])
        if mac is not None and not text[length : length + 1].isalnum():
            return mac_text(mac)
    return text.partition(":")[0] or text


def either(first: Words, second: Words) -> Words:
    """`first`, and `second` where that is empty."""
    after = np.where(second.codes >= 0, second.codes + len(first.values), second.codes)
    codes = np.where(first.codes >= 0, first.codes, after).astype(np.int32)
    values = pa.concat_arrays([first.values, second.values])
    return Words(codes, values, np.append(first.bad, second.bad)).mapped(str)


def accounts(names: Words) -> Words:
    """The accounts that logged in: empty where the name is the device's own address, or nobody's."""
    is_account = np.array([_is_account(text) for text in names.values.to_pylist()], np.bool_)
    known = np.append(is_account & ~names.bad, False)
    return Words(np.where(known[names.codes], names.codes, -1).astype(np.int32), names.values, names.bad)


def twice(is_twice: npt.NDArray[np.bool_]) -> tuple[Int64s, npt.NDArray[np.bool_]]:
    """(of each row its record, whether it is the second one of it), where some records make two rows."""
    of = np.repeat(np.arange(is_twice.size), 1 + is_twice)
    is_second = np.zeros(of.size, np.bool_)
    is_second[1:] = of[1:] == of[:-1]
    return of, is_second


def chosen(words: Words, rows: Int64s, keep: npt.NDArray[np.bool_] | None = None) -> Words:
    """The column at `rows`, empty where `keep` is false."""
    codes = words.codes[rows]
    return Words(codes if keep is None else np.where(keep, codes, -1).astype(np.int32), words.values, words.bad)


def end_kinds(cause: Words) -> Verdicts:
    """IDLE where a session ended for its silence, else LEFT."""
    kinds = [IDLE if text in IDLE_CAUSES else LEFT for text in cause.values.to_pylist()]
    return np.array([*kinds, LEFT], np.int8)[cause.codes]


def ends_ms(kind: Verdicts, stop_ms: Int64s, session_ms: Int64s, idle_ms: Int64s) -> Int64s:
    """When each session was left: its silence is taken off an idle one, and none ends before 1 ms after its join.

    Of one instant a leave comes first: a session of no length would never end.
    """
    left_ms = stop_ms - np.where(kind == IDLE, idle_ms, 0)
    return np.where(session_ms == NOT_TOLD, left_ms, np.maximum(left_ms, stop_ms - session_ms + 1))


def _is_account(text: str) -> bool:
    return mac_of_text(text) is None and not text.lower().startswith(_ANONYMOUS)
