"""The nightly profile, as SQL: how often and how long each consenting member was here, and in which zone.

People are counted, not devices. Visits (stays in one zone) of one member's devices that overlap are one:

    phone   |-------|     |---|
    watch      |------|                 2 visits
            |=========|   |===|

The texts add up the days of `device_day` and `device_zone_day` (`marketing.device_sums`). Only where sums of whole days
of single devices cannot tell, they look at visits and stays:

    two of a member's devices on one day  ·  a day in which a device became or ceased to be the member's
    a day whose last visit reaches into the next

They read the visible_* views and four tables that `pipelines` fills for the run: member_device (`district` in front of
the columns of MEMBER_DEVICE), consented (district, member): who has consent to `location` at the snapshot, and then, in
this order, those of `STEPS`: loose_device, which says whose days are looked at one by one, and mixed_day, of which
visits are.
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

_DEVICE_DAYS = f"(SELECT * FROM visible_device_day WHERE {_SCOPE} AND {_DAYS})"
_ZONE_DAYS = f"(SELECT * FROM visible_device_zone_day WHERE {_SCOPE} AND {_DAYS})"

# (device) of every member who has several, or one that was not the member's on all its days, or whose day reaches the
# next. All others have one device, whose days are the member's and stand alone.
LOOSE_DEVICE_SQL = f"""WITH {_SPANS}, next_days AS
(
    SELECT day, min(starts) OVER (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS starts,
           count() OVER (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS days
    FROM (SELECT day, min(first_ms) AS starts FROM {_DEVICE_DAYS} GROUP BY day)
)
SELECT DISTINCT device FROM spans
WHERE member IN
(
    SELECT member FROM spans GROUP BY member HAVING count() > 1
    UNION DISTINCT
    SELECT s.member AS member
    FROM spans AS s
    INNER JOIN
    (
        SELECT d.subject AS subject, min(d.first_ms) AS first_ms, max(d.last_ms) AS last_ms,
               max(n.days > 0 AND d.until_ms >= n.starts) AS reaches
        FROM {_DEVICE_DAYS} AS d INNER JOIN next_days AS n ON n.day = d.day
        GROUP BY d.subject
    ) AS d ON d.subject = s.device
    WHERE d.reaches OR d.first_ms < s.from_ms OR d.last_ms >= s.until_ms
)"""

# (member, day). Each loose member's days of devices by their begin: `reach` is how far those up to a place go. One that
# nothing before it reaches, that does not reach the next, and whose visits all start while the device is the member's,
# stands alone; the others are mixed.
MIXED_DAY_SQL = f"""WITH {_SPANS}
SELECT DISTINCT member, tupleElement(here, 3) AS day
FROM
(
    SELECT s.member AS member,
           arraySort(groupArray((d.first_ms, d.until_ms, d.day,
                                 d.first_ms >= s.from_ms AND d.last_ms < s.until_ms))) AS days,
           arrayMap(one -> tupleElement(one, 2), days) AS ends,
           arrayReduceInRanges('max', arrayMap(place -> (1, place), arrayEnumerate(ends)), ends) AS reach
    FROM (SELECT * FROM {_DEVICE_DAYS} WHERE subject IN loose_device) AS d
    INNER JOIN spans AS s ON s.device = d.subject
    WHERE d.last_ms >= s.from_ms AND d.first_ms < s.until_ms
    GROUP BY s.member
)
ARRAY JOIN days AS here, arrayEnumerate(days) AS place
WHERE NOT tupleElement(here, 4)
    OR (place > 1 AND tupleElement(here, 1) <= reach[place - 1])
    OR (place < length(days) AND tupleElement(days[place + 1], 1) <= reach[place])"""

STEPS = {"loose_device": LOOSE_DEVICE_SQL, "mixed_day": MIXED_DAY_SQL}

_VISITS = f"""visits AS (
    SELECT s.member AS member, v.day AS day, v.visit_id AS visit_id, v.start_ms AS from_ms, v.end_ms AS to_ms
    FROM
    (
        SELECT * FROM visible_visit
        WHERE {_SCOPE} AND {_DAYS} AND NOT static AND NOT staff AND subject IN loose_device
            AND day IN (SELECT day FROM mixed_day)
    ) AS v
    INNER JOIN spans AS s ON s.device = v.subject
    WHERE v.start_ms >= s.from_ms AND v.start_ms < s.until_ms AND (s.member, v.day) IN mixed_day
)"""

_STAYS = f"""stays AS (
    SELECT v.member AS member, s.site AS site, s.zone AS zone, s.day AS day, s.from_ms AS from_ms, s.to_ms AS to_ms
    FROM
    (
        SELECT * FROM visible_stay
        WHERE {_SCOPE} AND {_DAYS} AND zone != 'between' AND subject IN loose_device
            AND day IN (SELECT day FROM mixed_day)
    ) AS s
    INNER JOIN visits AS v ON v.visit_id = s.visit_id AND v.day = s.day
)"""


def _loose(days: str, times: str) -> str:
    """Rows of `days` of loose devices, each with its member, that stand alone."""
    return f"""SELECT s.member AS member, d.* EXCEPT (subject), {times} AS times, d.presence_ms AS ms
    FROM (SELECT * FROM {days} WHERE subject IN loose_device) AS d
    INNER JOIN spans AS s ON s.device = d.subject
    WHERE d.last_ms >= s.from_ms AND d.first_ms < s.until_ms AND (s.member, d.day) NOT IN mixed_day"""


def _minutes(days: int) -> str:
    return f"toInt32(intDiv(sumIf(ms, day > {{day:Date}} - {days}), 60000)) AS minutes_{days}"


def _count(name: str, days: int) -> str:
    return f"toInt32(sumIf(times, day > {{day:Date}} - {days})) AS {name}_{days}"


_FIGURES = f"""{_count("visits", 7)}, {_count("visits", 30)}, {_count("visits", 90)},
    {_minutes(7)}, {_minutes(30)}, {_minutes(90)},
    toInt32({{day:Date}} - max(day)) AS days_since_seen"""
_ZONE_FIGURES = f"""{_minutes(7)}, {_minutes(30)}, {_minutes(90)}, {_count("stays", 30)}"""


def _profile(keys: str, figures: str, steady: str, loose: str) -> str:
    """Those with one device straight from its days, the others from the rows `loose`; nobody is in both."""
    devices = keys.replace("member", "subject")
    was_here = "HAVING sumIf(times, day > {day:Date} - 90) > 0"
    return f"""
SELECT {{day:Date}} AS day, {keys}, * EXCEPT ({keys})
FROM
(
    SELECT s.member AS member, d.* EXCEPT (subject)
    FROM (SELECT {devices}, {figures} FROM ({steady}) GROUP BY {devices} {was_here}) AS d
    INNER JOIN spans AS s ON s.device = d.subject
    UNION ALL
    SELECT {keys}, {figures} FROM ({loose}) GROUP BY {keys} {was_here}
)
ORDER BY {keys}"""


PROFILE_SQL = f"""WITH {_SPANS}, {_VISITS}, {merged("visits", "member")}{
    _profile(
        "member",
        _FIGURES,
        f'''SELECT subject, day, visits AS times, presence_ms AS ms FROM {_DEVICE_DAYS}
        WHERE subject NOT IN loose_device''',
        f'''SELECT member, day, times, ms FROM ({_loose(_DEVICE_DAYS, "d.visits")})
    UNION ALL SELECT member, day, 1 AS times, ms FROM merged''',
    )
}"""

PROFILE_ZONE_SQL = f"""WITH {_SPANS}, {_VISITS}, {_STAYS}, {merged("stays", "member, site, zone")}{
    _profile(
        "member, site, zone",
        _ZONE_FIGURES,
        f'''SELECT subject, site, zone, day, stays AS times, presence_ms AS ms FROM {_ZONE_DAYS}
        WHERE subject NOT IN loose_device''',
        f'''SELECT member, site, zone, day, times, ms FROM ({_loose(_ZONE_DAYS, "d.stays")})
    UNION ALL SELECT member, site, zone, day, 1 AS times, ms FROM merged''',
    )
}"""
