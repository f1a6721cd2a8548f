"""A Firehose that connects again tells its last records twice: each event counts once, the ledger can say how often."""

import numpy as np

from ingest.formats import FORMATS
from schemas import SIGHTING
from sessionize.kernel import FATE_REPEAT
from sessionize.rules import VisitRules
from sessionize.visits import visits
from tests.builders import places, spans
from tests.golden.readings import DATA, GOLDEN, NEAR_MS

NAME = "firehose-replay-overlap.jsonl"
TOLD_TWICE = {1, 2}  # the records before the connection broke that come again after it, from 0
TOWN = places("location-food food", "location-toys toys")


def test_records_that_come_again_give_each_event_once():
    lines = (DATA / NAME).read_bytes().splitlines(keepends=True)
    once = [line for number, line in enumerate(lines) if number not in TOLD_TWICE]
    assert len(once) == len(set(lines))
    again, plain = walked(b"".join(lines)), walked(b"".join(once))
    assert spans(again.visits) == spans(plain.visits) == ["09:00:01-10:05:01", "09:06:01-09:06:01"]
    assert spans(again.stays) == spans(plain.stays)
    # beside the two records told twice, an exit tells its entry again
    assert (int(np.sum(again.fate == FATE_REPEAT)), int(np.sum(plain.fate == FATE_REPEAT))) == (3, 1)


def walked(log: bytes):
    feed, _ = GOLDEN[NAME]
    reading = FORMATS[feed.format].parse(log, 1, feed, NEAR_MS)
    n = len(reading.at_ms)
    assert n == reading.read
    sightings = SIGHTING.table(
        at_ms=reading.at_ms,
        subject=reading.mac.astype(np.int64),
        ap=reading.ap,
        kind=reading.kind,
        signal_dbm=[None] * n,
        feed=["mall"] * n,
        file=["spec.log"] * n,
        line=reading.line,
        time_quality=[0] * n,
    )
    return visits(sightings, TOWN, VisitRules(), None)
