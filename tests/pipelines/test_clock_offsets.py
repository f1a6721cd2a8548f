"""Which days' offsets correct a piece of a log, also one without a row."""

from pathlib import Path

from ingest.formats import FORMATS
from pipelines.clock_offsets import ClockOffsets
from pipelines.job import make_job
from tests.commands.corner import DAY, write_corner

QUIET = f"<30>1 {DAY}T12:10:00+08:00 street-1 hostapd 812 - - a line that names no device\n".encode()
AHEAD_MS = 3_600_000


def test_a_piece_of_heartbeats_alone_is_corrected_as_rows_are(tmp_path: Path) -> None:
    made = write_corner(tmp_path)
    (made.config / "offsets.csv").write_text(f"feed,clock,from,offset_s\nstreet,street-1,{DAY},-3600\n")
    job = make_job(config=made.config, raw=made.raw, data=made.data, definition=None, shards=1)
    feed = job.config.feed(job.config.feeds[0])
    reading = FORMATS["hostapd"].prepare(QUIET, feed).parse(QUIET, 1, 0)
    moved = ClockOffsets(job).corrected(feed, reading)[0]
    assert reading.signs is not None and moved.signs is not None
    assert (reading.signs.at_ms - moved.signs.at_ms).tolist() == [AHEAD_MS]
