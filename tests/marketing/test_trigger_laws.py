"""Laws of the trigger core on random days: it equals the law on plain tuples, and no staging makes a difference."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing.campaigns import ALWAYS_MS, NEVER_MS, Campaign
from marketing.triggers import END_OF_TIME_MS, advance, from_bytes, start, to_bytes
from schemas import PRESENCE
from tests.marketing.scripted_day import SITES

FLAP_MS = 3
MINUTE_MS = 60_000
CAMPAIGNS = tuple(
    Campaign(f"{name}-{place}", "m", event, level, place, minutes, 0.0, from_ms, until_ms)
    for level, place in (("zone", "A"), ("zone", "B"), ("site", "M"), ("site", "N"))
    for name, event, minutes, from_ms, until_ms in (
        ("enter", "enter", 0, ALWAYS_MS, NEVER_MS),
        ("enter-late", "enter", 0, 20 * MINUTE_MS, NEVER_MS),
        ("stay", "stay", 4, ALWAYS_MS, NEVER_MS),
        ("stay-early", "stay", 9, ALWAYS_MS, 60 * MINUTE_MS),
    )
)

Row = tuple[int, int, str, str, str, int, int]
step = st.tuples(
    st.sampled_from([-1, -2]),  # subject
    st.sampled_from([0, 0, 1, 2, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS]),  # after the row before
    st.sampled_from(["entered", "entered", "there", "left"]),
    st.sampled_from("AABC"),
    st.sampled_from([0, 1, MINUTE_MS, 6 * MINUTE_MS, 30 * MINUTE_MS]),  # holds for
    st.sampled_from([False] * 7 + [True]),  # begins another visit
)
days = st.lists(step, max_size=30)


@given(days)
@settings(max_examples=200, deadline=None)
def test_it_equals_the_law(day: list[tuple[int, int, str, str, int, bool]]) -> None:
    rows = _rows(day)
    _, triggers = advance(start(CAMPAIGNS, FLAP_MS), _table(rows), END_OF_TIME_MS)
    assert _firings(triggers) == sorted(_law(rows))


@given(days, st.data())
@settings(max_examples=200, deadline=None)
def test_no_staging_makes_a_difference(day: list[tuple[int, int, str, str, int, bool]], data: st.DataObject) -> None:
    rows = _rows(day)
    state, steps, begin = start(CAMPAIGNS, FLAP_MS), [], 0
    for cut in sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=6))):
        latest = rows[cut][0] if cut < len(rows) else END_OF_TIME_MS // 2
        clock_ms = data.draw(st.integers(min(0, latest), latest))
        if data.draw(st.booleans()):
            state = from_bytes(to_bytes(state), CAMPAIGNS, FLAP_MS)
        state, triggers = advance(state, _table(rows[begin:cut]), clock_ms)
        steps.append(triggers)
        begin = cut
    steps.append(advance(state, _table(rows[begin:]), END_OF_TIME_MS)[1])
    _, at_once = advance(start(CAMPAIGNS, FLAP_MS), _table(rows), END_OF_TIME_MS)
    assert _firings(pa.concat_tables(steps)) == _firings(at_once)


@given(days)
@settings(max_examples=100, deadline=None)
def test_only_each_subjects_own_order_counts(day: list[tuple[int, int, str, str, int, bool]]) -> None:
    rows = _rows(day)
    by_subject = sorted(rows, key=lambda row: row[1])
    _, one = advance(start(CAMPAIGNS, FLAP_MS), _table(rows), END_OF_TIME_MS)
    _, other = advance(start(CAMPAIGNS, FLAP_MS), _table(by_subject), END_OF_TIME_MS)
    assert _firings(one) == _firings(other)


def _law(rows: Sequence[Row]) -> Iterator[tuple[str, int, str, int, int]]:
    """Each campaign's first valid firing per subject and visit, straight from the words of the rule."""
    for campaign in CAMPAIGNS:
        for subject in {row[1] for row in rows}:
            done: set[int] = set()
            for visit, enter, end, zones in _dwellings(campaign, [row for row in rows if row[1] == subject]):
                at = enter + campaign.after_ms
                if at <= end and campaign.from_ms <= at < campaign.until_ms and visit not in done:
                    done.add(visit)
                    yield campaign.name, subject, _zone_at(zones, at), at, visit


def _dwellings(campaign: Campaign, rows: Sequence[Row]) -> list[tuple[int, int, int, list[tuple[int, int, str]]]]:
    """(visit, enter, end, [(from, to, zone)]): unbroken but for absences under flap."""
    found: list[tuple[int, int, int, list[tuple[int, int, str]]]] = []
    valid = list(_without_echoes(rows))
    for row, after in zip(valid, [*valid[1:], None][: len(valid)], strict=True):
        at, _, event, site, zone, until, visit = row
        if event == "left" or campaign.place != (zone if campaign.level == "zone" else site):
            continue
        end = until if after is None else min(until, after[0])
        last = found[-1] if found else None
        if last and last[0] == visit and (at <= last[2] or at - last[2] < FLAP_MS):
            found[-1] = (visit, last[1], max(end, at), [*last[3], (at, end, zone)])
        else:
            found.append((visit, at, max(end, at), [(at, end, zone)]))
    return found


def _zone_at(zones: list[tuple[int, int, str]], at: int) -> str:
    """The zone of the first piece that reaches the instant; in a flap, the one that it came back to."""
    return next(zone for from_ms, to_ms, zone in zones if at <= max(from_ms, to_ms))


def _without_echoes(rows: Sequence[Row]) -> Iterator[Row]:
    """Leaves of a zone where the subject is not say nothing."""
    here: tuple[str, int] | None = None
    for row in rows:
        if row[2] == "left" and (here is None or here[0] != row[4]):
            continue
        here = None if row[2] == "left" else (row[4], row[6])
        yield row


def _rows(day: list[tuple[int, int, str, str, int, bool]]) -> list[Row]:
    rows: list[Row] = []
    at, visits = 0, {}
    for subject, after, event, zone, hold, begins in day:
        at += after
        if begins or subject not in visits:
            visits[subject] = max(at, visits.get(subject, -1) + 1)
        rows.append((at, subject, event, SITES[zone], zone, at + hold, visits[subject]))
    return rows


def _table(rows: Sequence[Row]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(PRESENCE.names)
    return PRESENCE.table(**{name: list(column) for name, column in zip(PRESENCE.names, columns, strict=True)})


def _firings(triggers: pa.Table) -> list[tuple[str, int, str, int, int]]:
    names = ("campaign", "subject", "zone", "at_ms", "visit_start_ms")
    return sorted(tuple(row[name] for name in names) for row in triggers.to_pylist())
