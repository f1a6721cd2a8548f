"""The warehouse's SQL, each statement one file under sql/. Its first line, a comment, says what it gives."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from string import Template

_FOLDER = resources.files("pipelines.warehouse") / "sql"


@cache
def sql(name: str) -> str:
    """The statement in sql/NAME.sql."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def for_each(name: str, places: Iterable[Mapping[str, str]]) -> str:
    """The rows of sql/NAME.sql for all of `places`, its `$words` put in: names of ours, never a value."""
    return in_one([Template(sql(name)).substitute(words) for words in places])


def in_one(texts: Iterable[str]) -> str:
    """One statement with the rows of all of `texts`: the warehouse answers once, and may work on several at a time."""
    return "\nUNION ALL\n".join(f"SELECT * FROM\n(\n{text}\n)" for text in texts)


def meaning(name: str) -> str:
    """What sql/NAME.sql says of itself."""
    return sql(name).splitlines()[0].removeprefix("--").strip()
