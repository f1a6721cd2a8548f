"""What a batch can read and a stream cannot follow is refused before anything is journaled."""

from pathlib import Path

import pytest

from pipelines.init import init_district
from pipelines.job import make_job
from pipelines.live.follow import follow
from pipelines.summary import Reporter
from schemas import ConfigError


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('format = "hostapd"', 'format = "parquet"'), "mall-a: parquet is no log of lines"),
        (('format = "hostapd"', 'format = "kismet"'), "mall-a: kismet is no log of lines"),
        (('registry = "aps.csv"', 'registry = "from data"'), "needs a registry of access points"),
        (('longest = "14h"', "enter_dbm = -65"), "default@1: asks how strong a signal was"),
    ],
)
def test_it_is_refused_and_nothing_is_written(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    folder = tmp_path / "district"
    init_district(folder=folder, reporter=Reporter())
    settings = folder / "district.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    job = make_job(config=folder, raw=None, data=tmp_path / "data", definition=None, shards=1)
    with pytest.raises(ConfigError, match=told):
        follow(job=job, replay=True, until_end=True, reporter=Reporter())
    assert not (tmp_path / "data/stream/journal.ndjson").exists()
