"""hostapd's leave for silence, told twice in one second: one end, where the phone was last heard."""

import random

import pyarrow as pa
import pytest

from ingest.feed import Feed
from ingest.formats import FORMATS
from schemas import SIGHTING
from schemas.sighting import IDLE, LEFT
from sessionize.kernel import FATE_REPEAT
from sessionize.rules import VisitRules
from sessionize.sessions import silences_settled
from sessionize.visits import Walked, visits
from tests.builders import places, spans
from tests.golden.readings import NEAR_MS

FEED = Feed("mall", "hostapd", idle_s=300)
WAITS = {FEED.name: 300_000}
TOWN = places("food food", "toys toys")
PHONE, OTHER = "02:00:5e:00:00:01", "02:00:5e:00:00:02"


def line(at: str, ap: str, said: str, phone: str = PHONE) -> str:
    return f"<30>Nov 21 {at} {ap} hostapd: wlan0: {said.format(phone)}"


def joined(at: str, ap: str = "food", phone: str = PHONE) -> str:
    return line(at, ap, "AP-STA-CONNECTED {}", phone)


def left(at: str, ap: str = "food", phone: str = PHONE) -> str:
    return line(at, ap, "AP-STA-DISCONNECTED {}", phone)


def silent(at: str, after: str, ap: str = "food", phone: str = PHONE) -> list[str]:
    """As ap_handle_timer of hostapd's sta_info.c says it; the last one a second later."""
    return [
        left(at, ap, phone),
        line(at, ap, "STA {} IEEE 802.11: disassociated due to inactivity", phone),
        line(after, ap, "STA {} IEEE 802.11: deauthenticated due to inactivity (timer DEAUTH/REMOVE)", phone),
    ]


def sent_away(at: str, after: str) -> list[str]:
    """The device leaves by itself: the same timer speaks of inactivity, and there was none."""
    return [
        left(at),
        line(at, "food", "STA {} IEEE 802.11: disassociated"),
        line(after, "food", "STA {} IEEE 802.11: deauthenticated due to inactivity (timer DEAUTH/REMOVE)"),
    ]


def rows(*chunks: list[str], feed: Feed = FEED) -> pa.Table:
    """The sightings of chunks that are parsed each on its own."""
    tables, first = [SIGHTING.empty()], 1
    for chunk in chunks:
        text = "".join(f"{one}\n" for one in chunk).encode()
        tables.append(_sightings(text, first, feed))
        first += len(chunk)
    return pa.concat_tables(tables).unify_dictionaries()


def _sightings(text: bytes, first: int, feed: Feed) -> pa.Table:
    reading = FORMATS[feed.format].parse(text, first, feed, NEAR_MS)
    n = len(reading.at_ms)
    return SIGHTING.table(
        at_ms=reading.at_ms,
        subject=(reading.mac & 0xFF).astype("int64"),
        ap=reading.ap.dictionary_decode(),
        kind=reading.kind,
        signal_dbm=pa.nulls(n, pa.int16()),
        feed=[feed.name] * n,
        file=["log"] * n,
        line=reading.line,
        time_quality=[0] * n,
    )


def walked(sightings: pa.Table) -> Walked:
    return visits(silences_settled(sightings, WAITS), TOWN, VisitRules(), None)


SILENT = [joined("09:00:00"), joined("09:10:00"), *silent("09:45:00", "09:45:01")]


def test_the_visit_ends_where_the_phone_was_last_heard():
    found = walked(rows(SILENT))
    assert spans(found.visits) == ["09:00-09:40"]
    assert found.fate.tolist().count(FATE_REPEAT) == 1


def test_the_line_that_says_why_is_the_one_that_counts():
    settled = silences_settled(rows(SILENT), WAITS)
    assert settled["line"].to_pylist() == [1, 2, 4, 3]
    assert settled["kind"].to_pylist()[-2:] == [IDLE, IDLE]
    assert walked(rows(SILENT)).fate.tolist() == [0, 0, 0, FATE_REPEAT]


@pytest.mark.parametrize("cut", range(1, len(SILENT)))
def test_a_border_of_chunks_between_the_lines_makes_no_difference(cut):
    assert walked(rows(SILENT[:cut], SILENT[cut:])).visits.equals(walked(rows(SILENT)).visits)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_lines_makes_no_difference(seed):
    lines = [*SILENT, *silent("09:45:00", "09:45:01", "toys", OTHER), joined("09:30:00", "toys", OTHER)]
    shuffled = random.Random(seed).sample(lines, len(lines))
    assert walked(rows(shuffled)).visits.equals(walked(rows(lines)).visits)


def test_the_two_lines_may_fall_into_two_seconds():
    said = [joined("09:00:00"), left("09:44:59"), silent("09:45:00", "09:45:01")[1]]
    assert spans(walked(rows(said)).visits) == ["09:00-09:40"]


@pytest.mark.parametrize(
    "lines",
    [
        [joined("09:00:00"), *sent_away("09:45:00", "09:45:01")],
        [joined("09:00:00"), left("09:45:00"), *silent("09:45:00", "09:45:01", "toys")],
        [joined("09:00:00"), left("09:45:00"), *silent("09:45:00", "09:45:01", phone=OTHER)],
        [joined("09:00:00"), silent("09:40:00", "09:40:01")[1], joined("09:41:00"), left("09:45:00")],
    ],
    ids=["the device left", "another AP fell silent", "another phone did", "an earlier silence"],
)
def test_a_leave_that_was_none_of_silence_stays(lines):
    sightings = rows(lines)
    own = silences_settled(sightings, WAITS).filter(pa.compute.equal(sightings["subject"], 1))
    assert LEFT in own["kind"].to_pylist()
    assert spans(walked(sightings).visits)[0] == "09:00-09:45"


def test_a_feed_that_says_it_once_is_left_alone():
    sightings = rows(SILENT)
    assert silences_settled(sightings, {}) is sightings
    assert silences_settled(sightings, {"other": 300_000}) is sightings


def test_without_a_time_of_silence_it_still_counts_as_idle():
    """`idle = "0s"`: the end is that of the line, and the phone may come back within `hold_idle`, not `hold_left`."""
    lines = [joined("09:00:00"), *silent("09:45:00", "09:45:01"), joined("10:05:00"), left("10:10:00")]
    sightings = rows(lines, feed=Feed("mall", "hostapd"))
    settled = silences_settled(sightings, {"mall": 0})
    assert spans(visits(settled, TOWN, VisitRules(), None).visits) == ["09:00-10:10"]
