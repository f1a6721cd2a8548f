"""What has fooled readers of controllers' syslog, each as a log with a name: from the lines to visits, in UTC."""

import pytest

from ingest.formats import FORMATS
from schemas import SIGHTING
from sessionize.rules import VisitRules
from sessionize.visits import visits
from tests.builders import places, spans
from tests.golden.readings import DATA, GOLDEN, rows_of

TOWN = places("door food", "toys toys")


def reading_of(name: str):
    feed, near_ms = GOLDEN[name]
    return FORMATS[feed.format].parse((DATA / name).read_bytes(), 1, feed, near_ms)


def visits_of(name: str):
    """(visits, stays) of a log of one device."""
    reading = reading_of(name)
    n = len(reading.at_ms)
    assert len(set(reading.mac.tolist())) == 1
    columns = {"at_ms": reading.at_ms, "ap": reading.ap, "kind": reading.kind, "line": reading.line}
    constants = {"subject": 1, "signal_dbm": None, "feed": "mall", "file": name}
    rest = dict.fromkeys(set(SIGHTING.names) - columns.keys() - constants.keys(), 0)
    sightings = SIGHTING.table(**columns, **{key: [value] * n for key, value in {**constants, **rest}.items()})
    found = visits(sightings, TOWN, VisitRules(), None)
    return spans(found.visits), spans(found.stays)


def test_same_event_from_ap_and_ac():
    assert len(reading_of("same-event-from-ap-and-ac.log").at_ms) == 5
    assert visits_of("same-event-from-ap-and-ac.log") == (["01:00:01-01:45"], ["food 01:00:01-01:45"])


def test_deauth_after_newassoc_same_second():
    """The leave has whole seconds, the join milliseconds: on paper the device was nowhere between them."""
    visit, stays = visits_of("deauth-after-newassoc-same-second.log")
    assert visit == ["01:00-02:05"]
    assert stays == ["food 01:00-01:20", "between 01:20-01:20:00.804", "toys 01:20:00.804-02:05"]


def test_ft_roam():
    assert visits_of("ft-roam.log") == (["01:00-02:05"], ["food 01:00-01:20", "toys 01:20-02:05"])


def test_a_phone_that_leaves_hostapd_by_itself_was_not_silent_before():
    """hostapd's timer says `due to inactivity` a second after every leave."""
    assert {kind for _, _, kind, *_ in rows_of(reading_of("ft-roam.log"))} == {"joined", "left"}


def test_refused_assoc_not_a_visit_cisco():
    reading = reading_of("refused-assoc-not-a-visit-cisco.log")
    assert (len(reading.at_ms), reading.rejects) == (0, [])
    assert reading.ignored["refused-association"] == 2


def test_crlf_015():
    reading = reading_of("crlf-015.log")
    assert reading.ap.to_pylist() == ["door", "toys", "door"]
    assert (reading.ignored, reading.rejects) == ({"blank": 2}, [])


def test_zero_mac():
    assert [device for _, _, _, device, *_ in rows_of(reading_of("zero-mac.log"))] == ["02:00:5e:00:00:01"]


def test_truncated_last_line():
    """The last line still reads as a whole one, of an access point `to`."""
    reading = reading_of("truncated-last-line.log")
    assert reading.ap.to_pylist() == ["door"]
    assert [(one.line.tolist(), one.reason) for one in reading.rejects] == [([2], "truncated")]


@pytest.mark.parametrize("name", ["aruba.log", "cisco-wlc.log"])
def test_an_address_as_an_account_is_nobody(name):
    users = reading_of(name).user.to_pylist()
    assert {user for user in users if user} <= {"guest one", "guest-1"}
    assert None in users


def test_a_cisco_clock_that_was_never_set_takes_the_relays_time():
    reading = reading_of("cisco-ios.log")
    row = reading.line.tolist().index(5)
    assert rows_of(reading)[row][1] == "2026-11-21T01:10:01Z"
