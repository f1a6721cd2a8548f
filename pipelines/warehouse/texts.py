"""The warehouse's SQL, each statement one file under sql/. Its first line, a comment, says what it gives."""

from functools import cache
from importlib import resources

_FOLDER = resources.files("pipelines.warehouse") / "sql"


@cache
def sql(name: str) -> str:
    """The statement in sql/NAME.sql."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def meaning(name: str) -> str:
    """What sql/NAME.sql says of itself."""
    return sql(name).splitlines()[0].removeprefix("--").strip()
