"""What an audience file says, and the query that finds its members in the published profile of a day.

    name = "lunch-regulars"
    merchant = "m-0042"             # optional: whose audience it is; without it, the district's own
    hold_out = 0.1                  # optional
    where = "visits_30 >= 3 AND minutes_in('food-2', 30) >= 60"

What `where` may say lives in `marketing.conditions`.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from marketing.conditions import COLUMNS, Condition, compile_where
from marketing.definition import Definition, refuse
from marketing.holdout import held_out
from schemas import AUDIENCE_MEMBER, PROFILE, PROFILE_ZONE, ConfigError

_PEOPLE = "district = {district:String} AND definition = {definition:String} AND day = {day:Date}"


@dataclass(frozen=True)
class Audience:
    """One audience: the members whose profile satisfies `where`, a share of them held out."""

    name: str
    where: str
    merchant: str = ""
    hold_out: float = 0.1


def audiences_of(
    files: Mapping[str, Mapping[str, Any]],
    known_places: Collection[str] | None = None,
    merchants: Collection[str] | None = None,
) -> tuple[Audience, ...]:
    """The audiences of all files (name -> parsed TOML), ordered by name; raises ConfigError with every fault of all."""
    faults: list[str] = []
    found: dict[str, Audience] = {}
    for file, given in sorted(files.items()):
        audience = _audience(Definition(file, given, faults), known_places, merchants)
        if audience.name in found:
            faults.append(f'{file}: another audience is named "{audience.name}"')
        found[audience.name] = audience
    refuse(faults)
    return tuple(found[name] for name in sorted(found))


def members_query(audience: Audience) -> tuple[str, dict[str, Any]]:
    """A ClickHouse query that gives `member`, ordered, and its parameters beside district, definition and day."""
    condition = compile_where(audience.where)
    text = (
        f"SELECT p.member AS member\nFROM (SELECT * FROM visible_profile WHERE {_PEOPLE}) AS p\n"
        f"{_features(condition)}WHERE {condition.text}\nORDER BY member"
    )
    return text, dict(condition.parameters)


def audience_members(audience: Audience, day: datetime.date, members: Sequence[str], salt: str = "") -> pa.Table:
    """AUDIENCE_MEMBER of one snapshot day: each of `members`, marked if it is held out."""
    return AUDIENCE_MEMBER.table(
        day=[day] * len(members),
        audience=[audience.name] * len(members),
        member=list(members),
        hold_out=held_out(members, audience.name, audience.hold_out, salt).tolist(),
    )


def reference() -> str:
    """The text of docs/reference/audience-columns.md: what a `where` may ask for."""
    meanings = "".join(f"| `{c.name}` | {c.unit} | {c.meaning} |\n" for c in PROFILE.columns if c.name in COLUMNS)
    zones = ", ".join(f"`{c.name}` ({c.meaning})" for c in PROFILE_ZONE.columns if c.kind == "int32")
    return _REFERENCE.format(rows=meanings, zones=zones)


def _audience(given: Definition, known_places: Collection[str] | None, merchants: Collection[str] | None) -> Audience:
    name, where = given.take_name(), given.take_text("where")
    merchant = given.take_merchant(merchants, default="")
    hold_out = given.take_share("hold_out", 0.1)
    given.finish(("name", "merchant", "where", "hold_out"))
    if where:
        try:
            compile_where(where, known_places)
        except ConfigError as error:
            given.fault(error.what)
    return Audience(name, where, merchant, hold_out)


def _features(condition: Condition) -> str:
    """The join that brings each member's sums over zones; a member without a row there has 0."""
    if not condition.features:
        return ""
    sums = ", ".join(f"{text} AS {name}" for text, name in condition.features.items())
    grouped = f"SELECT member, {sums} FROM visible_profile_zone WHERE {_PEOPLE} GROUP BY member"
    return f"LEFT JOIN ({grouped}) AS z ON z.member = p.member\n"


_REFERENCE = """# What an audience may ask for

Generated from `schemas.profile` and `marketing.conditions`; do not edit.

An audience is a TOML file with `name`, `where` and, if it is a merchant's, `merchant`. `hold_out` (0.1 unless set) of
its members are kept back as control. `where` is a condition over these columns of a member's profile. The profile
holds the members with consent to `location` who were seen in the 90 trading days that end with the snapshot day. Visits
of one member's devices that overlap in time are one visit; visits flagged `static` or `staff` are left out.

| column | unit | meaning |
|---|---|---|
{rows}
Two functions look at one place; a member who was never there has 0:

| function | meaning |
|---|---|
| `minutes_in('food-2', 30)` | minutes in a zone, or in all zones of a site, in the last 7, 30 or 90 trading days |
| `stays_in('food-2')` | stays in a zone in the last 30 trading days |

They are sums over the member's rows of `profile_zone`: {zones}. A phone and a watch that are in two zones at the same
time count in both.

Conditions combine with `AND`, `OR`, `NOT` and parentheses; `=`, `!=`, `<`, `<=`, `>`, `>=`, `IN (1, 2)`,
`BETWEEN 1 AND 3` and `IS NULL` compare; `+`, `-`, `*` and `/` calculate. Anything else is refused, by name.

    where = "visits_30 >= 3 AND minutes_in('food-2', 30) >= 60 AND days_since_seen <= 7"
"""
