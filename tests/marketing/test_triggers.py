"""A scripted day fires at exactly the expected instants, live and after the fact."""

import pytest

from marketing.campaigns import Campaign
from marketing.triggers import END_OF_TIME_MS, advance, from_bytes, start, to_bytes
from schemas import PRESENCE, ConfigError
from tests.marketing.scripted_day import MINUTE_MS, fired, instant, presence

CAMPAIGNS = (
    Campaign("enter-A", "m1", "enter", "zone", "A"),
    Campaign("enter-M", "m1", "enter", "site", "M"),
    Campaign("stay-A", "m1", "stay", "zone", "A", 10),
    Campaign("stay-M", "m2", "stay", "site", "M", 20),
)

DAYS = [
    ("through the zone", "9:00 +A 13:00; 9:04 -A", "9:00 enter-A, 9:00 enter-M"),
    ("a stay, linked", "9:00 +A 13:00; 9:15 -A", "9:00 enter-A, 9:00 enter-M, 9:10 stay-A"),
    ("left at the very instant", "9:00 +A 13:00; 9:10 -A", "9:00 enter-A, 9:00 enter-M, 9:10 stay-A"),
    ("left a second too early", "9:00 +A 13:00; 9:09:59 -A", "9:00 enter-A, 9:00 enter-M"),
    ("presence runs out too early", "9:00 +A 9:09:59", "9:00 enter-A, 9:00 enter-M"),
    ("presence holds to the instant", "9:00 +A 9:10", "9:00 enter-A, 9:00 enter-M, 9:10 stay-A"),
    ("a sign of life prolongs it", "9:00 +A 9:05; 9:05 =A 9:12", "9:00 enter-A, 9:00 enter-M, 9:10 stay-A"),
    (
        "an absence of 59 s does not restart N",
        "9:00 +A 13:00; 9:05 -A; 9:05:59 +A 13:00; 9:12 -A",
        "9:00 enter-A, 9:00 enter-M, 9:10 stay-A",
    ),
    (
        "an absence of 60 s does",
        "9:00 +A 13:00; 9:05 -A; 9:06 +A 13:00; 9:16 -A",
        "9:00 enter-A, 9:00 enter-M, 9:16 stay-A",
    ),
    (
        "a flap to the neighbour does not restart N",
        "9:00 +A 13:00; 9:05 +C 13:00; 9:05:20 +A 13:00; 9:11 -A",
        "9:00 enter-A, 9:00 enter-M, 9:10 stay-A",
    ),
    (
        "in a flap at the instant, and back",
        "9:00 +A 13:00; 9:09:50 +C 13:00; 9:10:10 +A 13:00; 9:11 -A",
        "9:00 enter-A, 9:00 enter-M, 9:10 stay-A",
    ),
    (
        "moving inside the site does not restart its N",
        "9:00 +B 13:00; 9:08 +A 13:00; 9:14 +B 13:00; 9:30 -B",
        "9:00 enter-M, 9:08 enter-A, 9:20 stay-M",
    ),
    (
        "leaving the site does",
        "9:00 +B 13:00; 9:10 +C 13:00; 9:12 +B 13:00; 9:32 -B",
        "9:00 enter-M, 9:32 stay-M",
    ),
    (
        "the roam's leave comes after the join: no leave of where one is",
        "9:00 +A 13:00; 9:05 +B 13:00; 9:05 -A; 9:21 -B",
        "9:00 enter-A, 9:00 enter-M, 9:20 stay-M",
    ),
    (
        "once a visit",
        "9:00 +A 13:00; 9:11 -A; 9:20 +A 13:00; 9:31 -A",
        "9:00 enter-A, 9:00 enter-M, 9:10 stay-A",
    ),
    (
        "again in the next visit",
        "9:00 +A 13:00; 9:11 -A; |; 11:00 +A 13:00; 11:11 -A",
        "9:00 enter-A, 9:00 enter-M, 9:10 stay-A, 11:00 enter-A, 11:00 enter-M, 11:10 stay-A",
    ),
    (
        "a stay does not go on into the next visit",
        "9:00 +A 9:05; |; 9:05:30 +A 9:12",
        "9:00 enter-A, 9:00 enter-M, 9:05:30 enter-A, 9:05:30 enter-M",
    ),
    ("elsewhere", "9:00 +C 13:00; 10:00 -C", ""),
]


@pytest.mark.parametrize(("script", "expected"), [day[1:] for day in DAYS], ids=[day[0] for day in DAYS])
def test_a_scripted_day_fires_at_exactly_these_instants(script: str, expected: str) -> None:
    _, triggers = advance(start(CAMPAIGNS, MINUTE_MS), presence(script), END_OF_TIME_MS)
    assert fired(triggers) == [each for each in expected.split(", ") if each]


def test_a_stay_fires_when_the_clock_says_so_and_not_before() -> None:
    state, _ = advance(start(CAMPAIGNS, MINUTE_MS), presence("9:00 +A 13:00"), instant("9:00"))
    state, early = advance(state, PRESENCE.empty(), instant("9:10") - 1)
    state, now = advance(state, PRESENCE.empty(), instant("9:10"))
    _, late = advance(state, PRESENCE.empty(), instant("9:19"))
    assert (fired(early), fired(now), fired(late)) == ([], ["9:10 stay-A"], [])


def test_a_trigger_says_who_where_and_for_whom() -> None:
    _, triggers = advance(start(CAMPAIGNS, MINUTE_MS), presence("9:00 +B 13:00; 9:05 +A 9:20", -7), END_OF_TIME_MS)
    stay = triggers.to_pylist()[-1]
    assert stay == {
        "campaign": "stay-M",
        "merchant": "m2",
        "event": "stay",
        "subject": -7,
        "site": "M",
        "zone": "A",
        "at_ms": instant("9:20"),
        "visit_start_ms": instant("9:00"),
    }


def test_strangers_trigger_nothing() -> None:
    _, triggers = advance(start(CAMPAIGNS, MINUTE_MS), presence("9:00 +A 13:00", subject=7), END_OF_TIME_MS)
    assert triggers.num_rows == 0


def test_a_campaign_fires_inside_its_validity_only_and_a_later_entry_of_the_visit_counts() -> None:
    lunch = Campaign("lunch", "m1", "enter", "zone", "A", 0, 0.1, instant("11:30"), instant("14:00"))
    script = "9:00 +A 13:00; 9:05 -A; 11:30 +A 15:00; 11:40 -A; |; 14:00 +A 15:00"
    _, triggers = advance(start([lunch], MINUTE_MS), presence(script), END_OF_TIME_MS)
    assert fired(triggers) == ["11:30 lunch"]


def test_without_campaigns_nothing_fires() -> None:
    _, triggers = advance(start([], MINUTE_MS), presence("9:00 +A 13:00"), END_OF_TIME_MS)
    assert triggers.num_rows == 0


def test_a_state_outlives_a_change_of_campaigns() -> None:
    state, _ = advance(start(CAMPAIGNS, MINUTE_MS), presence("9:00 +A 13:00"), instant("9:01"))
    new = Campaign("new-A", "m3", "enter", "zone", "A")
    new_b, new_stay = Campaign("new-B", "m3", "enter", "zone", "B"), Campaign("new-stay", "m3", "stay", "zone", "A", 15)
    state = from_bytes(to_bytes(state), (new, CAMPAIGNS[2], new_b, new_stay), MINUTE_MS)
    _, triggers = advance(state, presence("9:00 +A 13:00; 9:05 =A 13:00; 9:20 +B 13:00").slice(1), END_OF_TIME_MS)
    assert fired(triggers) == ["9:10 stay-A", "9:15 new-stay", "9:20 new-B"]


def test_a_state_of_another_version_is_refused() -> None:
    state = to_bytes(start(CAMPAIGNS, MINUTE_MS))
    with pytest.raises(ConfigError, match="another version"):
        from_bytes(state.replace(b"triggers/1", b"triggers/0"), CAMPAIGNS, MINUTE_MS)
    for broken in (b"something else", b"", state[:100], state[:-100]):
        with pytest.raises(ConfigError, match="no state"):
            from_bytes(broken, CAMPAIGNS, MINUTE_MS)
