"""From presence to reports: what a flawless network notices, and where a true visit ends."""

import numpy as np
import pytest

from pipelines.simulate.columns import MINUTE_MS, runs, stream
from pipelines.simulate.radio import REPORTS_LEAVING, links_of, reports_of
from pipelines.simulate.stays import OUTSIDE, Stays, stays_of_steps
from pipelines.simulate.town import town
from pipelines.simulate.truth import Presence, visit_numbers
from schemas.sighting import IDLE, JOINED, LEFT, SEEN

HALL, SHOP, NEXT_DOOR, MERAKI = (
    [zone.zone for zone in town().zones].index(name)
    for name in ("mall-a-l2-hall", "mall-a-l2-shoes", "mall-a-l2-women", "mall-c-l2-shoes")
)


def walk(*steps: tuple[int, float], phones: int = 200) -> Stays:
    """The same walk, (zone, minutes) after (zone, minutes), by many phones."""
    zones, minutes = (np.array([list(column)] * phones) for column in zip(*steps, strict=True))
    return stays_of_steps(zones, minutes, np.zeros(phones))


def reported(stays: Stays, silent: float):
    links = links_of(stream(1, 1, "links"), stays)
    return links, reports_of(stream(1, 1, "radio"), links, np.full(len(links), silent))


def test_the_links_of_a_long_stay_tile_it_and_change_the_ap():
    links = links_of(stream(1, 1, "links"), walk((HALL, 300)))
    first = runs(links.phone)
    assert (links.from_ms[first] == 0).all() and (links.to_ms[np.roll(first, -1)] == 300 * MINUTE_MS).all()
    assert (links.from_ms[1:] == links.to_ms[:-1])[~first[1:]].all()
    assert (links.ap[1:] != links.ap[:-1])[~first[1:]].all()
    assert len(links) > 2 * first.sum()


def test_a_roam_is_a_short_join_with_an_echo_in_the_same_second():
    _, events = reported(walk((NEXT_DOOR, 10), (SHOP, 10)), silent=0.0)
    plan = town()
    echoes = events.take((events.kind == LEFT) & ~events.fresh & (plan.ap_zone[events.ap] == NEXT_DOOR))
    joins = events.take((events.kind == JOINED) & (plan.ap_zone[events.ap] == SHOP))
    joined_ms = dict(zip(joins.phone.tolist(), joins.line_ms.tolist(), strict=True))
    apart = [
        echo - joined_ms[phone] for phone, echo in zip(echoes.phone.tolist(), echoes.line_ms.tolist(), strict=True)
    ]
    assert not joins.fresh.any() and len(joins) == 200
    assert min(apart) < 0 < max(apart) and max(np.abs(apart)) < 1000


@pytest.mark.parametrize(("silent", "kind"), [(0.0, LEFT), (1.0, IDLE)])
def test_leaving_is_said_at_once_or_noticed_five_minutes_after_the_last_frame(silent, kind):
    _, events = reported(walk((SHOP, 20)), silent)
    last = events.take(events.kind == kind).line_ms - (5 * MINUTE_MS if kind == IDLE else 0)
    assert len(last) == 200
    assert ((last > 18.9 * MINUTE_MS) & (last <= 20 * MINUTE_MS)).all()


def test_a_location_every_half_to_three_minutes_and_never_a_leave():
    _, events = reported(walk((MERAKI, 60)), silent=0.0)
    assert set(events.kind.tolist()) == {SEEN}
    order = np.lexsort((events.line_ms, events.phone))
    gap = np.diff(events.line_ms[order])[np.diff(events.phone[order]) == 0]
    assert gap.min() >= 25_000 and gap.max() <= 185_000


def test_who_never_leaves_associates_anew_within_the_hold_of_a_join():
    _, events = reported(walk((SHOP, 12 * 60), phones=1), silent=0.0)
    joins = np.sort(events.line_ms[events.kind == JOINED])
    assert np.diff([*joins, 720 * MINUTE_MS]).max() < 240 * MINUTE_MS


def test_a_machine_that_goes_on_does_not_leave():
    stays = walk((SHOP, 60)).with_(goes_on=np.ones(200, bool))
    assert set(reported(stays, silent=0.0)[1].kind.tolist()) == {JOINED}


def test_meraki_reports_no_leave_and_the_others_do():
    feeds = {town().zones[zone].feed: REPORTS_LEAVING[town().zone_feed[zone]] for zone in (SHOP, MERAKI)}
    assert feeds == {"mall-a": True, "mall-c": False}


@pytest.mark.parametrize(("away_ms", "visits"), [(15 * MINUTE_MS, 1), (15 * MINUTE_MS + 1, 2)])
def test_an_absence_longer_than_hold_left_splits_a_true_visit(away_ms, visits):
    stays = walk((SHOP, 10), (OUTSIDE, away_ms / MINUTE_MS), (SHOP, 10), phones=1)
    there = Presence(np.zeros(2, np.uint64), np.zeros(2), stays.zone, stays.from_ms, stays.to_ms)
    assert len(set(visit_numbers(there).tolist())) == visits
