"""The nightly profile, as SQL: how often and how long each consenting member was here, and in which zone.

People are counted, not devices. Visits (stays in one zone) of one member's devices that overlap are one:

    phone   |-------|     |---|
    watch      |------|                 2 visits
            |=========|   |===|

The texts read visible_visit, visible_stay and two tables that `pipelines` fills for the run: member_device (`district`
in front of the columns of MEMBER_DEVICE) and consented (district, member): who has consent to `location` at the
snapshot. Parameters: {district:String} {definition:String} {day:Date}, the last trading day counted.
"""

_VISITS = """
    SELECT d.member AS member, v.day AS day, v.visit_id AS visit_id, v.start_ms AS from_ms, v.end_ms AS to_ms
    FROM visible_visit AS v
    INNER JOIN (SELECT device, member, from_ms, until_ms FROM member_device WHERE district = {district:String}) AS d
        ON d.device = v.subject
    WHERE v.district = {district:String} AND v.definition = {definition:String}
        AND v.day > {day:Date} - 91 AND v.day <= {day:Date} AND v.subject < 0 AND NOT v.static AND NOT v.staff
        AND v.start_ms >= d.from_ms AND v.start_ms < d.until_ms
        AND d.member IN (SELECT member FROM consented WHERE district = {district:String})"""

_STAYS = """
    SELECT v.member AS member, s.site AS site, s.zone AS zone, s.day AS day, s.from_ms AS from_ms, s.to_ms AS to_ms
    FROM visible_stay AS s
    INNER JOIN visits AS v ON v.visit_id = s.visit_id AND v.day = s.day
    WHERE s.district = {district:String} AND s.definition = {definition:String}
        AND s.day > {day:Date} - 91 AND s.day <= {day:Date} AND s.subject < 0 AND s.zone != 'between'"""


def _merged(source: str, keys: str) -> str:
    """Steps up to `merged`: one row per run of overlapping or touching intervals of `source` with the same `keys`.

    A run belongs to the trading day in which it starts; the one day read before the window keeps its first run whole.
    Over the empty frame of a first row max() is 0, an instant before every other.
    """
    before = f"PARTITION BY {keys} ORDER BY from_ms, to_ms ROWS BETWEEN UNBOUNDED PRECEDING"
    return f"""begun AS (
    SELECT *, from_ms > max(to_ms) OVER ({before} AND 1 PRECEDING) AS begins FROM {source}
), numbered AS (
    SELECT *, sum(begins) OVER ({before} AND CURRENT ROW) AS run FROM begun
), merged AS (
    SELECT {keys}, min(numbered.day) AS day, max(to_ms) - min(from_ms) AS ms FROM numbered GROUP BY {keys}, run
)"""


def _minutes(days: int) -> str:
    return f"toInt32(intDiv(sumIf(m.ms, m.day > {{day:Date}} - {days}), 60000)) AS minutes_{days}"


def _count(name: str, days: int) -> str:
    return f"toInt32(countIf(m.day > {{day:Date}} - {days})) AS {name}_{days}"


PROFILE_SQL = f"""WITH visits AS ({_VISITS}
), {_merged("visits", "member")}
SELECT {{day:Date}} AS day, m.member AS member,
    {_count("visits", 7)},
    {_count("visits", 30)},
    {_count("visits", 90)},
    {_minutes(7)},
    {_minutes(30)},
    {_minutes(90)},
    toInt32({{day:Date}} - max(m.day)) AS days_since_seen
FROM merged AS m
GROUP BY m.member
HAVING visits_90 > 0
ORDER BY member"""

PROFILE_ZONE_SQL = f"""WITH visits AS ({_VISITS}
), stays AS ({_STAYS}
), {_merged("stays", "member, site, zone")}
SELECT {{day:Date}} AS day, m.member AS member, m.site AS site, m.zone AS zone,
    {_minutes(7)},
    {_minutes(30)},
    {_minutes(90)},
    {_count("stays", 30)}
FROM merged AS m
GROUP BY m.member, m.site, m.zone
HAVING countIf(m.day > {{day:Date}} - 90) > 0
ORDER BY member, site, zone"""
