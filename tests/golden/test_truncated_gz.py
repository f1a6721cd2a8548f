"""A log whose gzip member was cut, as after a full disk: what was whole is read, the line of the cut is counted."""

from ingest.formats import FORMATS
from pipelines.sources.chunks import Truncated, chunks_of
from pipelines.sources.folder import RawFile
from tests.golden.readings import DATA, NEAR_MS, RUIJIE, written


def test_truncated_gz():
    path = DATA / "truncated-gz.log.gz"
    whole, cut = chunks_of(RawFile(path, path.name))
    reading = FORMATS[RUIJIE.format].parse(whole.data, whole.first_line, RUIJIE, NEAR_MS)
    assert written(reading, is_telling=True) == (DATA / f"{path.name}.expected").read_text()
    assert cut == Truncated(path.name, 4)
