"""What a `where` may say, whom it finds in a real ClickHouse, and what it can never say."""

import datetime
from pathlib import Path

import pytest

from marketing.audiences import Audience, audience_members, audiences_of, members_query, reference
from marketing.conditions import compile_where
from schemas import PROFILE, PROFILE_ZONE, ConfigError
from tests.marketing.conftest import Tables

TODAY = datetime.date(2026, 11, 21)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "audience-columns.md"

FINDS = [
    ("visits_30 >= 3", "ann bob"),
    ("visits_30 >= 3 AND days_since_seen = 0", "ann"),
    ("visits_30 < 3 OR NOT visits_7 > 1", "bob cat"),
    ("visits_90 IN (1, 9)", "bob cat"),
    ("visits_90 NOT IN (1, 9)", "ann"),
    ("visits_7 IN (-1, 2)", "ann"),
    ("visits_90 BETWEEN 1 AND 4", "ann cat"),
    ("minutes_30 / visits_30 > 20.5", "ann"),
    ("(minutes_7 + 1) * 2 - 2 = 120", "ann"),
    ("days_since_seen - 20 > -5", "bob cat"),
    ("visits_7 IS NOT NULL", "ann bob cat"),
    ("minutes_in('food', 30) >= 30", "ann"),
    ("minutes_in('mall', 90) = 50", "ann"),
    ("minutes_in('food', 7) = 0", "bob cat"),
    ("stays_in('food') > 1 OR stays_in('shoes') > 0", "ann bob"),
    ("minutes_in('food', 30) > minutes_in('shoes', 30)", "ann"),
    ("minutes_in('no such zone', 30) = 0", "ann bob cat"),
]

REFUSED = [
    ("visits_7 = 1; DROP TABLE profile", "one condition"),
    ("", "one condition"),
    ("1 = (SELECT count() FROM visible_visit)", "SELECT"),
    ("visits_7 IN (SELECT 1)", "SELECT"),
    ("visits_7 GLOBAL IN (1)", "not allowed"),
    ("member = 'ann'", "member is no profile column"),
    ("p.visits_7 = 1", "not allowed"),
    ("visits_8 = 1", "visits_8 is no profile column; there are visits_7"),
    ("visits_7 = '1'", "'1' stands where a number is needed"),
    ("file('/etc/passwd') = 1", "file('/etc/passwd') is no function of audiences"),
    ("url('http://example.com') = 1", "is no function"),
    ("sleep(3) = 0", "is no function"),
    ("minutes_in(visits_7, 30) > 1", "must be minutes_in("),
    ("minutes_in('food', 31) > 1", "must be minutes_in("),
    ("minutes_in('food') > 1", "must be minutes_in("),
    ("stays_in('food', 30) > 1", "must be stays_in("),
    ("visits_7 = {run:String}", "not allowed"),
    ("visits_7", "is no condition"),
    ("visits_7 LIKE '%'", "is no condition"),
    ("visits_7 = 1 UNION ALL SELECT 1", "is no condition"),
    ("visits_7 = 1e400", "too large"),
    ("visits_7 = 99999999999999999999", "too large"),
    ("count(*) OVER () = 1", "not allowed"),
    ("CASE WHEN visits_7 = 1 THEN 1 ELSE 2 END = 1", "not allowed"),
    ("visits_7 = 'a", "cannot be read"),
    ("visits_7 >", "at character"),
    ("visits_7 = 1 /* ", "where:"),
    ("(" * 1500 + "visits_7" + ")" * 1500 + " = 1", "nested too deeply"),
    ("visits_7 = 1 OR " * 400 + "visits_7 = 2", "4000 at most"),
]


@pytest.fixture
def people(tables: Tables) -> Tables:
    """Three members; every row again in another district and under another definition, where nothing must be read."""
    profile = PROFILE.table(
        day=[TODAY] * 3,
        member=["ann", "bob", "cat"],
        visits_7=[2, 1, 0],
        visits_30=[3, 5, 1],
        visits_90=[4, 9, 1],
        minutes_7=[60, 5, 0],
        minutes_30=[90, 50, 10],
        minutes_90=[120, 90, 10],
        days_since_seen=[0, 18, 29],
    )
    zones = PROFILE_ZONE.table(
        day=[TODAY] * 3,
        member=["ann", "ann", "bob"],
        site=["mall", "mall", "street"],
        zone=["food", "toys", "shoes"],
        minutes_7=[10, 0, 0],
        minutes_30=[30, 5, 20],
        minutes_90=[40, 10, 20],
        stays_30=[2, 1, 1],
    )
    for labels in ({}, {"district": "elsewhere"}, {"definition": "owners@1"}):
        tables.fill("visible_profile", profile, **labels)
        tables.fill("visible_profile_zone", zones, **labels)
    return tables


@pytest.mark.parametrize(("where", "found"), FINDS)
def test_a_where_finds_these_members(people: Tables, where: str, found: str) -> None:
    sql, parameters = members_query(Audience("a", where))
    assert [row["member"] for row in people.ask(sql, day=TODAY, **parameters)] == found.split()


@pytest.mark.parametrize(("where", "says"), REFUSED, ids=[where[:30] for where, _ in REFUSED])
def test_anything_else_is_refused_in_one_line_that_names_the_part(where: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        compile_where(where)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_no_text_of_a_where_reaches_the_sql(people: Tables) -> None:
    nasty = "food') OR 1=1 --"
    sql, parameters = members_query(Audience("a", f"minutes_in('{nasty.replace(chr(39), chr(39) * 2)}', 30) > 7"))
    assert nasty not in sql
    assert sorted(map(str, parameters.values())) == ["7", nasty]
    assert people.ask(sql, day=TODAY, **parameters) == []


def test_an_unknown_place_is_named() -> None:
    with pytest.raises(ConfigError, match="'fod' is no zone or site of the district"):
        compile_where("minutes_in('fod', 30) > 1", known_places={"food"})


def test_all_faults_of_all_files_at_once() -> None:
    files = {
        "audiences/a.toml": {"name": "a", "where": "visits_8 > 1", "hold_out": 1.5, "colour": "red"},
        "audiences/b.toml": {"name": "../b", "merchant": "m9"},
        "audiences/c.toml": {"name": "c", "where": "visits_7 > 1"},
        "audiences/d.toml": {"name": "c", "where": "visits_7 > 2"},
    }
    with pytest.raises(ConfigError) as refused:
        audiences_of(files, merchants={"m1"})
    lines = str(refused.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == [f"audiences/{name}.toml:" for name in "aaabbbd"]
    assert "hold_out must be" in lines[0]
    assert "colour is no key" in lines[1]
    assert "visits_8 is no profile column" in lines[2]
    assert "name may hold" in lines[3]
    assert "where is missing" in lines[4]
    assert 'merchant "m9" is unknown; known are m1' in lines[5]
    assert 'another audience is named "c"' in lines[6]


def test_audiences_come_by_name_with_their_defaults() -> None:
    found = audiences_of({"1": {"name": "b", "where": "visits_7 > 1"}, "2": {"name": "a", "where": "visits_7 > 1"}})
    assert [(each.name, each.merchant, each.hold_out) for each in found] == [("a", "", 0.1), ("b", "", 0.1)]


def test_members_carry_their_hold_out() -> None:
    rows = audience_members(Audience("a", "visits_7 > 1", hold_out=0.5), TODAY, [f"m{i}" for i in range(400)])
    assert rows.column_names == ["day", "audience", "member", "hold_out"]
    assert 150 < sum(rows["hold_out"].to_pylist()) < 250


def test_the_reference_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference()
