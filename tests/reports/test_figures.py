"""Each figure's SQL against brute force over the rows of `small_day`."""

import itertools
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.definition import DefinitionConfig
from tests.reports.small_day import (
    COUNTED,
    HOUR,
    MINUTE,
    PARAMETERS,
    VISITS,
    VISITS_BEFORE,
    Visit,
    visits_of_dwells,
)
from tests.reports.tables_in_chdb import figures_of, labelled

Small = dict[str, pa.Table]


def rows(table: pa.Table, *keys: str) -> dict[Any, dict[str, Any]]:
    """The rows of a figure by their keys; a key that names two rows fails."""
    listed = [(tuple(row[key] for key in keys), row) for row in table.to_pylist()]
    found = {key if len(key) > 1 else key[0]: row for key, row in listed}
    assert len(found) == len(listed)
    return found


def subjects(visits: Iterable[Visit]) -> int:
    return len({visit.subject for visit in visits})


def places(visit: Visit) -> list[tuple[str, str, int]]:
    """Site, zone and ms of the stays at places the registry knows."""
    return [(site, zone, end - begin) for site, zone, begin, end in visit.path if zone not in ("between", "unknown")]


def test_headline_counts_visitors_visits_and_dwell_of_both_days(small: Small) -> None:
    found = rows(small["headline"], "which")
    for which, visits in (("day", COUNTED), ("before", [v for v in VISITS_BEFORE if v.is_counted])):
        minutes = [visit.dwell_ms / MINUTE for visit in visits]
        assert found[which]["visits"] == len(visits)
        assert found[which]["visitors"] == subjects(visits)
        assert found[which]["median_min"] == pytest.approx(statistics.median(minutes))
        assert found[which]["mean_min"] == pytest.approx(statistics.mean(minutes))


def band_of(dwell_ms: int) -> str:
    for name, end in (("0-5", 5), ("5-15", 15), ("15-30", 30), ("30-60", 60), ("60-120", 120)):
        if dwell_ms < end * MINUTE:
            return name
    return "120+"


def bin_of(dwell_ms: int) -> int:
    return min(dwell_ms // (5 * MINUTE) * 5, 180)


@pytest.mark.parametrize(("figure", "column", "place"), [("bands", "band", band_of), ("dwell", "bin_min", bin_of)])
def test_dwell_falls_in_the_documented_steps(
    small: Small, figure: str, column: str, place: Callable[[int], Any]
) -> None:
    people = [visit for visit in VISITS if not visit.static and not visit.staff]
    expected = Counter((place(visit.dwell_ms), visit.is_counted) for visit in people)
    assert {key: row["visits"] for key, row in rows(small[figure], column, "counted").items()} == expected


def test_counted_bands_add_up_to_the_headline(small: Small) -> None:
    counted = sum(row["visits"] for row in small["bands"].to_pylist() if row["counted"])
    assert counted == rows(small["headline"], "which")["day"]["visits"]


def test_sites_count_who_stayed_there(small: Small) -> None:
    found = rows(small["sites"], "site")
    assert set(found) == {"east", "west", "north"}
    for site, row in found.items():
        inside = [visit for visit in COUNTED if any(place[0] == site for place in places(visit))]
        minutes = [sum(ms for where, _, ms in places(visit) if where == site) / MINUTE for visit in inside]
        assert (row["visitors"], row["visits"]) == (subjects(inside), len(inside))
        assert row["median_minutes"] == pytest.approx(statistics.median(minutes))
        assert row["minutes"] == pytest.approx(sum(minutes))


def test_zone_minutes_and_time_nowhere_add_up_to_all_dwell(small: Small) -> None:
    nowhere = sum(b - a for visit in COUNTED for _, zone, a, b in visit.path if zone in ("between", "unknown"))
    total = sum(visit.dwell_ms for visit in COUNTED if visit.path)
    assert sum(small["zones"]["minutes"].to_pylist()) == pytest.approx((total - nowhere) / MINUTE)


def test_zones_count_stays_and_their_people(small: Small) -> None:
    expected: dict[tuple[str, str], list[int]] = defaultdict(list)
    for visit in COUNTED:
        for site, zone, _ in places(visit):
            expected[site, zone].append(visit.subject)
    found = rows(small["zones"], "site", "zone")
    assert {key: (row["stays"], row["visitors"]) for key, row in found.items()} == {
        key: (len(people), len(set(people))) for key, people in expected.items()
    }


def path_of(visit: Visit, parts: int) -> list[Any]:
    """Sites (1) or sites and zones (2) in the order visited, neighbours that are the same merged."""
    return [place for place, _ in itertools.groupby(stay[:parts] for stay in places(visit))]


@pytest.mark.parametrize(
    ("figure", "parts", "keys"),
    [
        ("site_moves", 1, ("from_site", "to_site")),
        ("zone_moves", 2, ("from_site", "from_zone", "to_site", "to_zone")),
    ],
)
def test_moves_join_neighbours_of_a_path(small: Small, figure: str, parts: int, keys: tuple[str, ...]) -> None:
    expected: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for visit in COUNTED:
        for one, two in itertools.pairwise(path_of(visit, parts)):
            expected[(*one, *two)].append(visit.subject)
    found = rows(small[figure], *keys)
    assert {key: (row["moves"], row["visitors"]) for key, row in found.items()} == {
        key: (len(people), len(set(people))) for key, people in expected.items()
    }


def test_row_sums_of_the_flow_are_visits_less_last_places(small: Small) -> None:
    paths = [path for visit in COUNTED if (path := path_of(visit, 1))]
    been, last = Counter(p[0] for path in paths for p in path), Counter(path[-1][0] for path in paths)
    sums: Counter[str] = Counter()
    for row in small["site_moves"].to_pylist():
        sums[row["from_site"]] += row["moves"]
    assert sums == been - last


def test_shared_visitors_share_and_lift(small: Small) -> None:
    people: dict[str, set[int]] = defaultdict(set)
    for visit in COUNTED:
        for site, _, _ in places(visit):
            people[site].add(visit.subject)
    everyone = len(set.union(*people.values()))
    found = rows(small["shared"], "site", "other")
    assert set(found) == set(itertools.combinations(sorted(people), 2))
    for (one, two), row in found.items():
        both = len(people[one] & people[two])
        assert row["both"] == both
        assert row["share_of_site"] == pytest.approx(both / len(people[one]))
        assert row["share_of_other"] == pytest.approx(both / len(people[two]))
        assert row["lift"] == pytest.approx(both * everyone / (len(people[one]) * len(people[two])))


def test_kinds_put_each_visit_where_it_belongs(small: Small) -> None:
    expected = {
        "cut": [v for v in COUNTED if v.cut],
        "short": [v for v in VISITS if not v.is_counted and not v.static and not v.staff],
        "static": [v for v in VISITS if v.static],
        "staff": [v for v in VISITS if v.staff and not v.static],
    }
    found = rows(small["kinds"], "kind")
    assert {kind: (row["visits"], row["visitors"]) for kind, row in found.items()} == {
        kind: (len(visits), subjects(visits)) for kind, visits in expected.items()
    }


def test_the_random_share_leaves_out_what_is_no_mac(small: Small) -> None:
    randoms, fixed = ([v for v in COUNTED if v.random is kind] for kind in (True, False))
    (row,) = small["addresses"].to_pylist()
    assert row["share"] == round(len(randoms) / (len(randoms) + len(fixed)), 2)
    assert row["smaller_class"] == min(subjects(randoms), subjects(fixed))


def test_hours_are_local_and_run_past_midnight(small: Small) -> None:
    found = rows(small["hours"], "which", "hour")
    assert {key: row["devices"] for key, row in found.items()} == {("day", 9): 120, ("day", 10): 340, ("day", 25): 15}
    assert found["day", 10]["mean_present"] == pytest.approx(340 * (HOUR // 2) / HOUR)


def test_records_add_up_over_feeds(small: Small) -> None:
    found = {key: row["records"] for key, row in rows(small["records"], "status", "reason").items()}
    assert found == {("kept", ""): 950, ("ignored", "echo"): 7, ("rejected", "bad-time"): 3}


def test_network_counts_coverage_gaps_and_flaps(small: Small) -> None:
    found = {item: (row["value"], row["of"]) for item, row in rows(small["network"], "item").items()}
    assert found == {
        "heard_aps": (3, 8),
        "heard_before": (3, 8),
        "unknown_aps": (1, 4),
        "gap_hours": (2, 8),  # ap2 is silent in hours 5 and 6 of its four
        "flaps": (3, None),
    }


def test_ap_hours_leave_out_unknown_aps(small: Small) -> None:
    found = {key: row["aps"] for key, row in rows(small["ap_hours"], "which", "hour").items()}
    day = {9: 2, 10: 2, 11: 1, 12: 1}
    assert found == {(which, hour): aps for which in ("day", "before") for hour, aps in day.items()}


LIMITS = [0, 3 * MINUTE - 1000, 3 * MINUTE, 15 * MINUTE - 1000, 15 * MINUTE, 20 * MINUTE, 60 * MINUTE]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            {"preset": "purple"},
            ["0-3 bounce", "0-3 bounce", "3-15 engaged", "3-15 engaged", *["15+ fully-engaged"] * 3],
        ),
        (
            {"preset": "meraki"},
            ["0-5 bounce", "0-5 bounce", "0-5 bounce", *["5-20 engaged"] * 2, "20-60 engaged", "60-360 engaged"],
        ),
        (
            {"name": "own", "engaged": "90s", "bands": ["3m", "20m"]},
            ["0-3 bounce", "0-3 engaged", *["3-20 engaged"] * 3, "20+ engaged", "20+ engaged"],
        ),
    ],
)
def test_a_definition_says_what_a_bounce_is_and_where_the_bands_end(
    tmp_path: Path, definition: dict[str, Any], expected: list[str]
) -> None:
    """2:59, 3:00 and 15:00 fall where the preset's page says (U5)."""
    told = PARAMETERS | DefinitionConfig(**definition).limits.parameters
    visits = labelled(visits_of_dwells(LIMITS), "d", "default")
    found = figures_of(tmp_path, {"visit": [visits]}, told)["bands"].to_pylist()
    assert Counter(f"{row['band']} {row['engagement']}" for row in found for _ in range(row["visits"])) == Counter(
        expected
    )
    assert [row["band"] for row in found] == sorted(
        (row["band"] for row in found), key=lambda band: int(re.match(r"\d+", band)[0])
    )
