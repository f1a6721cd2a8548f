"""What a day of member devices comes to, as SQL: written once when the day is loaded, added up by profiles.

The texts read the visible_* views; who loads a day puts the rows of its run in their place. Parameters:
{district:String} {definition:String} {day:Date}.
"""


def merged(source: str, keys: str) -> str:
    """Steps up to `merged`: one row per run of overlapping or touching intervals of `source` with the same `keys`.

    A run belongs to the trading day in which it starts. Over the empty frame of a first row max() is 0, an instant
    before every other.
    """
    before = f"PARTITION BY {keys} ORDER BY from_ms, to_ms ROWS BETWEEN UNBOUNDED PRECEDING"
    return f"""begun AS (
    SELECT *, from_ms > max(to_ms) OVER ({before} AND 1 PRECEDING) AS begins FROM {source}
), numbered AS (
    SELECT *, sum(begins) OVER ({before} AND CURRENT ROW) AS run FROM begun
), merged AS (
    SELECT {keys}, min(numbered.day) AS day, min(from_ms) AS first_ms, max(from_ms) AS last_ms,
           max(to_ms) AS until_ms, until_ms - first_ms AS ms
    FROM numbered GROUP BY {keys}, run
)"""


_DAY = "district = {district:String} AND definition = {definition:String} AND day = {day:Date} AND subject < 0"

_VISITS = f"""visits AS (
    SELECT visit_id, day, subject, start_ms AS from_ms, end_ms AS to_ms FROM visible_visit
    WHERE {_DAY} AND NOT static AND NOT staff
)"""

_STAYS = f"""stays AS (
    SELECT day, subject, site, zone, from_ms, to_ms FROM visible_stay
    WHERE {_DAY} AND zone != 'between' AND visit_id IN (SELECT visit_id FROM visits)
)"""

DEVICE_DAY_SQL = f"""WITH {_VISITS}, {merged("visits", "subject")}
SELECT {{day:Date}} AS day, subject, toInt32(count()) AS visits, toInt64(sum(merged.ms)) AS presence_ms,
       min(merged.first_ms) AS first_ms, max(merged.last_ms) AS last_ms, max(merged.until_ms) AS until_ms
FROM merged
GROUP BY subject"""

DEVICE_ZONE_DAY_SQL = f"""WITH {_VISITS}, {_STAYS}, {merged("stays", "subject, site, zone")}
SELECT {{day:Date}} AS day, m.subject AS subject, m.site AS site, m.zone AS zone, toInt32(count()) AS stays,
       toInt64(sum(m.ms)) AS presence_ms, any(starts.first_ms) AS first_ms, any(starts.last_ms) AS last_ms
FROM merged AS m
INNER JOIN
(
    SELECT subject, min(from_ms) AS first_ms, max(from_ms) AS last_ms FROM visits GROUP BY subject
) AS starts ON starts.subject = m.subject
GROUP BY m.subject, m.site, m.zone"""
