"""Profiles and reports of periods the other way: from visits and stays, as if there were no sums of days."""

from marketing.device_sums import merged
from reports import period_members
from reports.figure import IS_COUNTED

_SPANS = """spans AS (
    SELECT device, member, from_ms, until_ms FROM member_device
    WHERE district = {district:String} AND member IN (SELECT member FROM consented WHERE district = {district:String})
)"""
_SCOPE = "district = {district:String} AND definition = {definition:String}"
_DAYS = "day > {day:Date} - 91 AND day <= {day:Date}"

_VISITS = f"""visits AS (
    SELECT s.member AS member, v.day AS day, v.visit_id AS visit_id, v.start_ms AS from_ms, v.end_ms AS to_ms
    FROM (SELECT * FROM visible_visit WHERE {_SCOPE} AND {_DAYS} AND subject < 0 AND NOT static AND NOT staff) AS v
    INNER JOIN spans AS s ON s.device = v.subject
    WHERE v.start_ms >= s.from_ms AND v.start_ms < s.until_ms
)"""
_STAYS = f"""stays AS (
    SELECT v.member AS member, s.site AS site, s.zone AS zone, s.day AS day, s.from_ms AS from_ms, s.to_ms AS to_ms
    FROM (SELECT * FROM visible_stay WHERE {_SCOPE} AND {_DAYS} AND subject < 0 AND zone != 'between') AS s
    INNER JOIN visits AS v ON v.visit_id = s.visit_id AND v.day = s.day
)"""


def _minutes(days: int) -> str:
    return f"toInt32(intDiv(sumIf(ms, merged.day > {{day:Date}} - {days}), 60000)) AS minutes_{days}"


def _count(name: str, days: int) -> str:
    return f"toInt32(countIf(merged.day > {{day:Date}} - {days})) AS {name}_{days}"


PROFILE_SQL = f"""WITH {_SPANS}, {_VISITS}, {merged("visits", "member")}
SELECT {{day:Date}} AS day, member, {_count("visits", 7)}, {_count("visits", 30)}, {_count("visits", 90)},
       {_minutes(7)}, {_minutes(30)}, {_minutes(90)}, toInt32({{day:Date}} - max(merged.day)) AS days_since_seen
FROM merged GROUP BY member HAVING visits_90 > 0 ORDER BY member"""

PROFILE_ZONE_SQL = f"""WITH {_SPANS}, {_VISITS}, {_STAYS}, {merged("stays", "member, site, zone")}
SELECT {{day:Date}} AS day, member, site, zone, {_minutes(7)}, {_minutes(30)}, {_minutes(90)}, {_count("stays", 30)}
FROM merged GROUP BY member, site, zone HAVING countIf(merged.day > {{day:Date}} - 90) > 0
ORDER BY member, site, zone"""

# What a period's figures of places ask, in one pass over the visits and one over the stays of all its days.
_RANGE = f"{_SCOPE} AND day BETWEEN {{from:Date}} AND {{until:Date}}"
_COUNTED_STAYS = f"""
    SELECT day, site, zone, visit_id, subject, ordinal, to_ms - from_ms AS ms FROM visible_stay
    WHERE {_RANGE} AND zone NOT IN ('between', 'unknown') AND (day, visit_id) IN
        (SELECT day, visit_id FROM visible_visit WHERE {_RANGE} AND {IS_COUNTED})"""
DAYS = f"""SELECT day, uniqExact(subject) AS visitors, count() AS visits, sum(end_ms - start_ms) AS ms
FROM visible_visit WHERE {_RANGE} AND {IS_COUNTED} GROUP BY day ORDER BY day"""
_BAND = "length(arrayFilter(x -> intDiv(end_ms - start_ms, 60000) >= x, {bands_min:Array(Int64)}))"
BANDS = f"""SELECT day, {_BAND} AS band,
       uniqExact(subject) AS visitors, count() AS visits
FROM visible_visit WHERE {_RANGE} AND NOT static AND NOT staff GROUP BY day, band"""
PLACES = f"""SELECT day, site, zone, uniqExact(subject) AS visitors, uniqExact(visit_id) AS visits, count() AS stays,
       sum(ms) AS ms FROM ({_COUNTED_STAYS}) GROUP BY GROUPING SETS ((day, site, zone), (day, site))"""
MOVES = f"""SELECT day, move.1 AS from_site, move.2 AS to_site, count() AS moves, uniqExact(subject) AS visitors
FROM
(
    SELECT day, any(subject) AS subject,
           arrayCompact(arrayMap(stay -> tupleElement(stay, 2), arraySort(groupArray((ordinal, site))))) AS path
    FROM ({_COUNTED_STAYS}) GROUP BY day, visit_id
)
ARRAY JOIN arrayZip(arrayPopBack(path), arrayPopFront(path)) AS move GROUP BY day, from_site, to_site"""
OF_PLACES = (DAYS, BANDS, PLACES, MOVES)
_DEVICE_DAYS = f"""(
    SELECT district, definition, day, subject, min(start_ms) AS first_ms, max(start_ms) AS last_ms
    FROM visible_visit WHERE {_SCOPE} AND subject < 0 AND NOT static AND NOT staff
    GROUP BY district, definition, day, subject
)"""
PERIOD_MEMBER_SQL = period_members.PERIOD_MEMBER_SQL.replace("visible_device_day", _DEVICE_DAYS)
