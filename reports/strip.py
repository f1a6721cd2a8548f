"""The data-quality strip: what stands behind the numbers, and what of it an operator should look at."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from reports.cards import random_share
from reports.coverage_figures import LEAST_COVERED
from reports.facts import PageFacts
from reports.small_cells import Settled
from reports.tables import head_of, number, percent
from reports.words import Language, word

# Above these shares a chip asks to be looked at. Coverage is the other way round.
REJECTED_SHARE, LATE_SHARE, CUT_SHARE, GAP_SHARE, COVERAGE = 0.001, 0.005, 0.01, 0.1, 0.95
_STATUSES = ("rejected", "repeat", "ignored", "late", "too-late", "outside", "other-day", "opted-out", "own-device")
_ALWAYS = ("rejected", "repeat", "ignored", "late", "outside")


@dataclass(frozen=True)
class Chip:
    title: str
    value: str
    note: str = ""
    is_warning: bool = False


def chips_of(figures: Settled, facts: PageFacts, language: Language) -> list[Chip]:
    """Records by how they ended, then access points, then visits."""
    return [
        *_record_chips(figures["records"].to_pylist(), language),
        *_network_chips({row["item"]: row for row in figures["network"].to_pylist()}, language),
        *_clock_chips({row["item"]: row for row in figures["clocks"].to_pylist()}, language),
        _coverage_chip(figures["coverage"].to_pylist(), language),
        *_visit_chips(figures, facts, language),
        *_uncovered_chip(figures["disturbed"].to_pylist(), facts, language),
    ]


def _record_chips(rows: list[dict[str, Any]], language: Language) -> list[Chip]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["status"]] += row["records"]
    # Outside the window is other days' business: a folder of a month would drown the day.
    read = counts.total() - counts["outside"]
    kept = f"{word('kept', language)} {_share(counts['kept'], read)}"
    chips = [Chip(word("read", language), number(read), kept, is_warning=not read)]
    for status in _STATUSES:
        if counts[status] or status in _ALWAYS:
            chips.append(_status_chip(status, counts[status], read, rows, language))
    return chips


def _status_chip(status: str, count: int, read: int, rows: list[dict[str, Any]], language: Language) -> Chip:
    """With the two largest reasons: an unmatched leave is not a repeat, and a refused line has a cause."""
    limit = {"rejected": REJECTED_SHARE, "late": LATE_SHARE, "too-late": LATE_SHARE}.get(status)
    reasons = sorted((r for r in rows if r["status"] == status and r["reason"] and r["records"]), key=_most_first)
    parts = [word("of_records", language, _share(count, read))] if count and status != "outside" else []
    parts += [f"{head_of(row['reason'], language)} {number(row['records'])}" for row in reasons[:2]]
    return Chip(word(status, language), number(count), " · ".join(parts), limit is not None and count > limit * read)


def _most_first(row: dict[str, Any]) -> int:
    return -int(row["records"])


def _network_chips(items: dict[str, dict[str, Any]], language: Language) -> list[Chip]:
    if not items:
        return []
    heard, unknown, gaps, flaps = (items[item] for item in ("heard_aps", "unknown_aps", "gap_hours", "flaps"))
    coverage = heard["value"] / heard["of"] if heard["of"] else 0.0
    silent = gaps["value"] > GAP_SHARE * gaps["of"]
    return [
        Chip(
            word("heard_aps", language),
            percent(coverage) if heard["of"] else "–",
            word("heard_of", language, number(heard["value"]), number(heard["of"])),
            coverage < COVERAGE,
        ),
        Chip(word("unknown_aps", language), number(unknown["value"]), "", unknown["value"] > 0),
        Chip(word("gap_hours", language), number(gaps["value"]), word("gap_of", language, number(gaps["of"])), silent),
        Chip(word("flaps", language), number(flaps["value"])),
    ]


def _coverage_chip(rows: list[dict[str, Any]], language: Language) -> Chip:
    """How many hours of sites nobody watched, or hardly anybody."""
    hours = sum(row["share_covered"] < LEAST_COVERED for row in rows)
    note = word("hours_not_covered_of", language) if hours else ""
    return Chip(word("hours_not_covered", language), number(hours), note, hours > 0)


def _uncovered_chip(rows: list[dict[str, Any]], facts: PageFacts, language: Language) -> list[Chip]:
    """The visits that such hours could have changed."""
    return [
        Chip(
            word("uncovered", language),
            _count(row["visits"], facts),
            word("of_visits", language, percent(row["share"])) if row["share"] else "",
        )
        for row in rows
        if row["kind"] == "uncovered"
    ]


def _clock_chips(items: dict[str, dict[str, Any]], language: Language) -> list[Chip]:
    """The share of sightings whose clock is known, and by how much clocks were moved."""
    if not items:
        return []
    known = items["corrected"]["value"] + items["found_right"]["value"]
    if not known:
        return [Chip(word("clocks", language), "–", word("no_clock_known", language))]
    moved = word(
        "clocks_moved", language, number(items["clocks_corrected"]["value"]), number(items["largest_offset_s"]["value"])
    )
    share = _share(known, items["corrected"]["of"])
    return [Chip(word("clocks", language), word("known_clocks", language, share), moved)]


def _visit_chips(figures: Settled, facts: PageFacts, language: Language) -> list[Chip]:
    kinds = {row["kind"]: row["visits"] for row in figures["kinds"].to_pylist()}
    day = [row for row in figures["headline"].to_pylist() if row["which"] == "day"]
    visits = day[0]["visits"] if day else 0
    cut = kinds.get("cut", 0)
    note = word("of_visits", language, _share(cut, visits)) if cut and visits else ""
    return [
        Chip(word("cut", language), _count(cut, facts), note, bool(cut and visits and cut > CUT_SHARE * visits)),
        Chip(word("random", language), random_share(figures, facts), word("random_of", language)),
        Chip(word("staff", language), _count(kinds.get("staff", 0), facts)),
        Chip(word("static", language), _count(kinds.get("static", 0), facts)),
    ]


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "–"


def _count(count: int | None, facts: PageFacts) -> str:
    return facts.mark if count is None else number(count)
