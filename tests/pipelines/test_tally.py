"""The ledger of a day while it grows: what a file held counts where it must, and always adds up to what was read."""

import datetime
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ingest.reading import Reading, Reject
from pipelines.steps.tally import DayTally, FileTally
from schemas.day import Day

HOUR = 3_600_000
DATE = datetime.date(2026, 11, 21)
DAY = Day("corner", DATE, 0, 10, 0, 10)


def reading(rows: int, rejected: int = 0, ignored: int = 0) -> Reading:
    return Reading(
        at_ms=np.arange(rows),
        mac=np.zeros(rows, np.uint64),
        opaque=None,
        ap=pa.array(["a"] * rows).dictionary_encode(),
        kind=np.zeros(rows, np.int8),
        signal_dbm=np.zeros(rows, np.int16),
        line=np.arange(rows),
        rejects=[Reject(np.arange(rejected), "bad-time")] if rejected else [],
        ignored={"header": ignored} if ignored else {},
        read=rows + rejected + ignored,
    )


def file_of(*readings: Reading, inside: int, truncated: bool = False) -> FileTally:
    tally = FileTally("mall", "a.csv")
    for each in readings:
        tally.add_reading(each)
    if truncated:
        tally.add_truncated(9)
    tally.rows_in[DAY] += inside
    return tally


def ledger_of(*files: FileTally) -> dict[tuple[str, str], int]:
    """Records by status and reason, of which all that were read must be one, but for those that the walk tells of."""
    day = DayTally(DAY)
    for file in files:
        day.add_file(file)
    ended = {(row["status"], row["reason"]): row["records"] for row in day.ledger().to_pylist()}
    walked = sum(file.rows_in[DAY] - sum(file.left_out.values()) for file in files if file.rows_in[DAY])
    assert sum(ended.values()) + walked == day.read["mall"]
    assert len(day.rejected()) == sum(records for (status, _), records in ended.items() if status == "rejected")
    return ended


def test_every_record_of_a_file_that_touches_the_day_is_accounted_for() -> None:
    whole = file_of(reading(5, rejected=2, ignored=1), inside=3)
    assert ledger_of(whole) == {("outside", ""): 2, ("ignored", "header"): 1, ("rejected", "bad-time"): 2}


def test_the_cut_line_of_a_truncated_file_is_a_record_read_and_refused() -> None:
    assert ledger_of(file_of(reading(5), inside=5, truncated=True)) == {("rejected", "truncated"): 1}


def test_a_file_of_other_days_does_not_count() -> None:
    assert ledger_of(file_of(reading(5, rejected=1), inside=0)) == {}


def test_a_file_in_which_nothing_could_be_read_counts() -> None:
    junk = file_of(reading(0, rejected=4), inside=0)
    assert junk.is_unreadable
    assert ledger_of(junk) == {("rejected", "bad-time"): 4}


def test_dropped_devices_are_counted_as_such() -> None:
    file = file_of(reading(5), inside=5)
    file.left_out[DAY, "opted-out"] += 2
    file.left_out[DAY, "own-device"] += 1
    assert ledger_of(file) == {("opted-out", ""): 2, ("own-device", ""): 1}


def test_pieces_of_a_file_add_up() -> None:
    first, second = (file_of(reading(3, rejected=1), inside=inside) for inside in (3, 0))
    assert ledger_of(first.plus(second)) == {("outside", ""): 3, ("rejected", "bad-time"): 2}


def hours_of(tally: FileTally) -> dict[tuple[int, str], int]:
    """Ignored and rejected records by hour of the day and reason."""
    day = Day("corner", DATE, 0, 24 * HOUR, 0, 24 * HOUR)
    return {(hour_ms // HOUR, reason): n for (_, hour_ms, _, reason), n in tally.hours_in(day).items()}


def noted(tally: FileTally, at_h: list[int], lines: list[int], rejected: list[int]) -> FileTally:
    """After a piece whose rows lie in these hours and lines, with these lines refused."""
    rows = reading(len(at_h))
    rejects = [Reject(np.array(rejected), "bad-time")]
    tally.add_hours(replace(rows, at_ms=np.array(at_h) * HOUR, line=np.array(lines), rejects=rejects))
    return tally


def test_a_refused_line_counts_in_the_hour_of_the_row_before_it() -> None:
    tally = noted(FileTally("mall", "a.csv"), [9, 9, 11], [2, 4, 6], [1, 3, 5, 7])
    assert hours_of(tally) == {(9, "bad-time"): 3, (11, "bad-time"): 1}


def test_a_piece_without_a_row_counts_in_the_last_hour_of_its_file_whichever_is_read_first() -> None:
    rows = noted(FileTally("mall", "a.csv"), [9, 12], [1, 2], [])
    junk = noted(FileTally("mall", "a.csv"), [], [], [3, 4])
    assert hours_of(rows.plus(junk)) == hours_of(junk.plus(rows)) == {(12, "bad-time"): 2}


def test_a_file_without_a_row_counts_in_the_first_hour_of_the_day() -> None:
    assert hours_of(noted(FileTally("mall", "a.csv"), [], [], [3, 4])) == {(0, "bad-time"): 2}


def test_hours_and_shapes_outlive_the_step_that_counted_them() -> None:
    day = DayTally(DAY)
    day.hours["mall", 0, "kept", ""] += 3
    day.shapes["mall", "ignored", "other-message", "sta ~"] += 2
    again = DayTally.of(DAY, json.loads(json.dumps(day.counts())), day.rejected())
    assert again.feed_hours().equals(day.feed_hours())
    assert again.line_shapes().to_pylist()[0]["shape"] == "sta ~"
