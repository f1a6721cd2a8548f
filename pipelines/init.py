"""`shangquan init`: a small district that works as it stands, commented, to be filled in."""

from importlib import resources
from pathlib import Path

from pipelines.files import write_bytes
from pipelines.summary import Reporter, Summary
from schemas import ConfigError

TEMPLATES = ("district.toml", "aps.csv", "zones.csv", "merchants.csv", "campaigns/coffee-after-ten-minutes.toml")


def init_district(*, folder: Path, reporter: Reporter) -> None:
    """Writes the template district to `folder`, which must be new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: not empty", "name a new folder: nothing is ever written over")
    template = resources.files("pipelines") / "templates" / "district"
    for name in TEMPLATES:
        write_bytes(folder / name, (template / name).read_bytes())
    (folder / "raw").mkdir()
    reporter.say(Summary({"files": len(TEMPLATES)}, folder))
    reporter.note(
        f"put logs into {folder / 'raw'}, fill in {folder / 'district.toml'}, then: shangquan check --config {folder}"
    )
