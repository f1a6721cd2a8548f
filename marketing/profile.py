"""The nightly profile, as SQL: how often and how long each consenting member was here, and in which zone.

People are counted, not devices. Visits (stays in one zone) of one member's devices that overlap are one:

    phone   |-------|     |---|
    watch      |------|                 2 visits
            |=========|   |===|

The texts add up the days of `device_day` and `device_zone_day` (`marketing.device_sums`). Only where sums of whole days
of single devices cannot tell, they look at visits and stays:

    two of a member's devices on one day  ·  a day in which a device became or ceased to be the member's
    a day whose last visit reaches into the next

They read the visible_* views and three tables that `pipelines` fills for the run: member_device (`district` in front of
the columns of MEMBER_DEVICE), consented (district, member): who has consent to `location` at the snapshot, and then
mixed_day (member, day), by `MIXED_DAY_SQL`: the days of which visits are looked at.
Parameters: {district:String} {definition:String} {day:Date}, the last trading day counted.
"""

from marketing.device_sums import merged

_SCOPE = "district = {district:String} AND definition = {definition:String}"
# One day more than is counted: a visit that reaches into the first day keeps what it merges with out of it.
_DAYS = "day > {day:Date} - 91 AND day <= {day:Date}"

_AGREED = "SELECT member FROM consented WHERE district = {district:String}"
_SPANS = f"""spans AS (
    SELECT device, member, from_ms, until_ms FROM member_device
    WHERE district = {{district:String}} AND member IN ({_AGREED})
)"""

# Each member's days of devices by their begin: `reach` is how far those up to a place go. One that nothing before it
# reaches, that does not reach the next, and whose visits all start while the device is the member's, stands alone.
MIXED_DAY_SQL = f"""WITH {_SPANS}
SELECT DISTINCT member, tupleElement(here, 3) AS day
FROM
(
    SELECT s.member AS member,
           arraySort(groupArray((d.first_ms, d.until_ms, d.day,
                                 d.first_ms >= s.from_ms AND d.last_ms < s.until_ms))) AS days,
           arrayMap(one -> tupleElement(one, 2), days) AS ends,
           arrayReduceInRanges('max', arrayMap(place -> (1, place), arrayEnumerate(ends)), ends) AS reach
    FROM (SELECT * FROM visible_device_day WHERE {_SCOPE} AND {_DAYS}) AS d
    INNER JOIN spans AS s ON s.device = d.subject
    WHERE d.last_ms >= s.from_ms AND d.first_ms < s.until_ms
    GROUP BY s.member
)
ARRAY JOIN days AS here, arrayEnumerate(days) AS place
WHERE NOT tupleElement(here, 4)
    OR (place > 1 AND tupleElement(here, 1) <= reach[place - 1])
    OR (place < length(days) AND tupleElement(days[place + 1], 1) <= reach[place])"""

_VISITS = f"""visits AS (
    SELECT s.member AS member, v.day AS day, v.visit_id AS visit_id, v.start_ms AS from_ms, v.end_ms AS to_ms
    FROM
    (
        SELECT * FROM visible_visit
        WHERE {_SCOPE} AND {_DAYS} AND NOT static AND NOT staff AND subject IN
            (SELECT device FROM spans WHERE member IN (SELECT member FROM mixed_day))
    ) AS v
    INNER JOIN spans AS s ON s.device = v.subject
    WHERE v.start_ms >= s.from_ms AND v.start_ms < s.until_ms AND (s.member, v.day) IN mixed_day
)"""

_STAYS = f"""stays AS (
    SELECT v.member AS member, s.site AS site, s.zone AS zone, s.day AS day, s.from_ms AS from_ms, s.to_ms AS to_ms
    FROM
    (
        SELECT * FROM visible_stay
        WHERE {_SCOPE} AND {_DAYS} AND zone != 'between' AND subject IN
            (SELECT device FROM spans WHERE member IN (SELECT member FROM mixed_day))
    ) AS s
    INNER JOIN visits AS v ON v.visit_id = s.visit_id AND v.day = s.day
)"""


def _minutes(days: int) -> str:
    return f"toInt32(intDiv(sumIf(d.ms, d.day > {{day:Date}} - {days}), 60000)) AS minutes_{days}"


def _count(name: str, days: int) -> str:
    return f"toInt32(sumIf(d.times, d.day > {{day:Date}} - {days})) AS {name}_{days}"


PROFILE_SQL = f"""WITH {_SPANS}, {_VISITS}, {merged("visits", "member")}
SELECT {{day:Date}} AS day, d.member AS member,
    {_count("visits", 7)},
    {_count("visits", 30)},
    {_count("visits", 90)},
    {_minutes(7)},
    {_minutes(30)},
    {_minutes(90)},
    toInt32({{day:Date}} - max(d.day)) AS days_since_seen
FROM
(
    SELECT s.member AS member, d.day AS day, d.visits AS times, d.presence_ms AS ms
    FROM (SELECT * FROM visible_device_day WHERE {_SCOPE} AND {_DAYS}) AS d
    INNER JOIN spans AS s ON s.device = d.subject
    WHERE d.last_ms >= s.from_ms AND d.first_ms < s.until_ms AND (s.member, d.day) NOT IN mixed_day
    UNION ALL
    SELECT member, day, 1 AS times, ms FROM merged
) AS d
GROUP BY d.member
HAVING visits_90 > 0
ORDER BY member"""

PROFILE_ZONE_SQL = f"""WITH {_SPANS}, {_VISITS}, {_STAYS}, {merged("stays", "member, site, zone")}
SELECT {{day:Date}} AS day, d.member AS member, d.site AS site, d.zone AS zone,
    {_minutes(7)},
    {_minutes(30)},
    {_minutes(90)},
    {_count("stays", 30)}
FROM
(
    SELECT s.member AS member, z.site AS site, z.zone AS zone, z.day AS day, z.stays AS times, z.presence_ms AS ms
    FROM (SELECT * FROM visible_device_zone_day WHERE {_SCOPE} AND {_DAYS}) AS z
    INNER JOIN spans AS s ON s.device = z.subject
    WHERE z.last_ms >= s.from_ms AND z.first_ms < s.until_ms AND (s.member, z.day) NOT IN mixed_day
    UNION ALL
    SELECT member, site, zone, day, 1 AS times, ms FROM merged
) AS d
GROUP BY d.member, d.site, d.zone
HAVING sumIf(d.times, d.day > {{day:Date}} - 90) > 0
ORDER BY member, site, zone"""
