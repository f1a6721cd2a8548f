"""What a day's visits come to at places, by length and between sites, as SQL: written once when the day is loaded.

The texts read the visible_* views; who loads a day puts the rows of its run in their place. Parameters:
{district:String} {definition:String} {day:Date} and those of `reports.figure.Limits`. What a period makes of them is
said in `reports.period_figures`.
"""

from reports.figure import COUNTED_STAYS, DAY, IS_COUNTED
from reports.place_figures import SITE_MOVES
from reports.visit_figures import BAND_FIGURE

# A row for each place with its stays, and one for the district whether or not anybody came.
PLACE_DAY_SQL = f"""
SELECT {{day:Date}} AS day, *, {{limits:String}} AS limits
FROM
(
    SELECT if(grouping(zone) = 0, 'zone', 'site') AS level, site, zone,
           toInt32(uniqExact(subject)) AS visitors, toInt32(uniqExact(visit_id)) AS visits,
           toInt32(count()) AS stays, toInt64(sum(ms)) AS presence_ms
    FROM ({COUNTED_STAYS})
    GROUP BY GROUPING SETS ((site, zone), (site))
    UNION ALL
    SELECT 'district' AS level, '' AS site, '' AS zone, toInt32(uniqExact(subject)) AS visitors,
           toInt32(count()) AS visits, toInt32((SELECT count() FROM ({COUNTED_STAYS}))) AS stays,
           toInt64(sum(end_ms - start_ms)) AS presence_ms
    FROM visible_visit
    WHERE {DAY} AND {IS_COUNTED}
)"""

DWELL_DAY_SQL = f"""
SELECT {{day:Date}} AS day, band, engagement, counted, toInt32(visits) AS visits, toInt32(visitors) AS visitors
FROM ({BAND_FIGURE.sql})"""

MOVE_DAY_SQL = f"""
SELECT {{day:Date}} AS day, from_site, to_site, toInt32(moves) AS moves, toInt32(visitors) AS visitors
FROM ({SITE_MOVES.sql})"""
