"""A simulated district, day by day: `simulate` writes its folder, its raw logs, and the truth about them.

people -> plans -> stays (truth) -> links -> events -> reports -> lines of six feeds, one file a calendar day
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.simulate.days import Days
from pipelines.simulate.folder import write_folder
from pipelines.simulate.membership import members_of
from pipelines.simulate.people import people_of
from pipelines.simulate.traps import TRAPS
from schemas import ConfigError, InputError

# Log lines of a mean day: those of staff, residents and machines that are always there, and more per visiting phone
# (least squares over 100, 500 and 3000 phones, seven days each).
_LINES_ANYWAY, _LINES_PER_PHONE = 3_000, 23.3
_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Simulated:
    """Where everything was written, and how much: `lines` of logs, `records` in them (a Meraki line holds many)."""

    district: Path
    raw: Path
    truth: Path
    days: tuple[datetime.date, ...]
    lines: int
    records: int
    visits: int


def simulate(
    *,
    out: Path,
    config: Path | None = None,
    truth: Path | None = None,
    seed: int = 1,
    start: datetime.date = datetime.date(2026, 11, 2),
    days: int = 14,
    lines: int | None = None,
    visitors: int | None = None,
    staff: int | None = None,
    traps: frozenset[str] = TRAPS,
    on_day: Callable[[datetime.date, int], None] | None = None,
) -> Simulated:
    """Raw logs of `days` trading days into `out` (which must be empty), the district's folder, and the truth.

    `config` and `truth` default to `district` and `truth` beside `out`. The size is `visitors`, the mean number of
    visiting phones a day, or about as many as make `lines` lines on a mean day. The same arguments give the same bytes.
    `staff`: how many work there, five days of seven; as many as the visitors need if not given.
    `on_day` hears each calendar day and its lines once its files are written.
    """
    _check(out, traps)
    config, truth = config or out.parent / "district", truth or out.parent / "truth"
    visitors = visitors or max(20, round(((lines or 80_000) - _LINES_ANYWAY) / _LINES_PER_PHONE))
    people = people_of(seed, visitors, traps, staff)
    members = members_of(seed, people, start, days)
    write_folder(config, members, start, days, traps)
    run = Days(out, seed, start, days, visitors, traps, people, members)
    dates = tuple(start + n * _ONE_DAY for n in range(days))
    for date in dates:
        run.add(date)
        run.write_day(date, on_day)
    run.write_day(dates[-1] + _ONE_DAY, on_day)  # the last night, and what arrived late
    visits = run.write_truth(truth)
    lines, records = sum(file.lines for file in run.files), sum(file.records for file in run.files)
    return Simulated(config, out, truth, dates, lines, records, visits)


def _check(out: Path, traps: frozenset[str]) -> None:
    if unknown := sorted(traps - TRAPS):
        raise ConfigError(f"no trap {', '.join(unknown)}", f"take of: {', '.join(sorted(TRAPS))}")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: is not empty", "name a new folder, or remove this one")
