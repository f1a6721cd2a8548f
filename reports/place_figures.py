"""Figures about places: sites, zones, moves between them, and who was in two sites."""

from reports.figure import COUNTED_STAYS, NOT_COUNTED, Figure
from reports.words import Text

SITES = Figure(
    name="sites",
    title=Text("各场所", "By site"),
    meaning=Text(
        "在该场所有逗留的不同设备与到访；时长为一次到访在该场所的总和。一名访客可出现在多个场所，各行之和大于总数。",
        "Distinct devices and visits with a stay in the site; minutes are a visit's time there. A visitor may be in "
        "several sites, so the rows add up to more than the district.",
    ),
    leaves_out=NOT_COUNTED,
    sql=f"""
SELECT site,
       uniqExact(subject) AS visitors,
       count() AS visits,
       quantileExactInclusive(0.5)(ms) / 60000 AS median_minutes,
       sum(ms) / 60000 AS minutes
FROM (SELECT site, visit_id, any(subject) AS subject, sum(ms) AS ms FROM ({COUNTED_STAYS}) GROUP BY site, visit_id)
GROUP BY site
ORDER BY visitors DESC, site""",
    keys=("site",),
    people="visitors",
)

ZONES = Figure(
    name="zones",
    title=Text("热门区域", "Top zones"),
    meaning=Text(
        "在该区域逗留过的不同设备、逗留次数与总分钟；平面图按总分钟着色。",
        "Distinct devices that stayed in the zone, their stays and minutes; the plan is shaded by the minutes.",
    ),
    leaves_out=NOT_COUNTED,
    sql=f"""
SELECT site, zone,
       uniqExact(subject) AS visitors,
       count() AS stays,
       sum(ms) / 60000 AS minutes
FROM ({COUNTED_STAYS})
GROUP BY site, zone
ORDER BY minutes DESC, site, zone""",
    keys=("site", "zone"),
    people="visitors",
    within=("site",),
)


def _moves(place: str, columns: str, names: str, limit: str) -> str:
    """SQL of the moves between neighbours of each visit's path over `place`; a return to the same place is no move."""
    return f"""
SELECT {names},
       count() AS moves,
       uniqExact(subject) AS visitors
FROM
(
    SELECT any(subject) AS subject,
           arrayCompact(arrayMap(stay -> tupleElement(stay, 2), arraySort(groupArray((ordinal, {place}))))) AS path
    FROM ({COUNTED_STAYS})
    GROUP BY visit_id
)
ARRAY JOIN arrayZip(arrayPopBack(path), arrayPopFront(path)) AS move
GROUP BY {columns}
ORDER BY moves DESC, {columns}{limit}"""


SITE_MOVES = Figure(
    name="site_moves",
    title=Text("场所间流向", "Flow between sites"),
    meaning=Text(
        "同一次到访中，从一个场所直接到下一个场所的次数。行和 = 到过该场所的次数减去止于该场所的次数。",
        "How often a visit went from one site straight to the next. A row's sum = times in the site minus visits that "
        "ended there.",
    ),
    leaves_out=NOT_COUNTED,
    sql=_moves("site", "from_site, to_site", "move.1 AS from_site, move.2 AS to_site", ""),
    keys=("from_site", "to_site"),
    people="visitors",
    grid=("from_site", "to_site"),
)

ZONE_MOVES = Figure(
    name="zone_moves",
    title=Text("热门路段", "Top moves between zones"),
    meaning=Text(
        "同一次到访中相邻两个区域之间的移动，最多 200 条。",
        "Moves between neighbouring zones of a visit's path, 200 at most.",
    ),
    leaves_out=NOT_COUNTED,
    sql=_moves(
        "(site, zone)",
        "from_site, from_zone, to_site, to_zone",
        "move.1.1 AS from_site, move.1.2 AS from_zone, move.2.1 AS to_site, move.2.2 AS to_zone",
        "\nLIMIT 200",
    ),
    keys=("from_site", "from_zone", "to_site", "to_zone"),
    people="visitors",
    within=("from_site", "to_site"),
)

SHARED = Figure(
    name="shared",
    title=Text("场所间共同客群", "Visitors that sites share"),
    meaning=Text(
        "当日两处都去过的不同设备。提升度 = 共同访客 × 全部访客 ÷ (甲访客 × 乙访客)；1 表示互不相关。",
        "Distinct devices that were in both sites on the day. Lift = both x all visitors / (one's x the other's); 1 "
        "means the two have nothing to do with each other.",
    ),
    leaves_out=NOT_COUNTED,
    sql=f"""
WITH
    -- visitors that two sites share; the site '' stands for the district, which everybody was in
    crossings AS
    (
        SELECT site, arrayJoin(arrayFilter(name -> name > site OR name = '', sites)) AS other, count() AS both
        FROM (SELECT arrayPushFront(groupUniqArray(site), '') AS sites FROM ({COUNTED_STAYS}) GROUP BY subject)
        ARRAY JOIN sites AS site
        GROUP BY site, other
    ),
    (SELECT mapFromArrays(groupArray(site), groupArray(both)) FROM crossings WHERE other = '') AS visitors
SELECT site, other, both,
       both / visitors[site] AS share_of_site,
       both / visitors[other] AS share_of_other,
       both * visitors[''] / (visitors[site] * visitors[other]) AS lift
FROM crossings
WHERE site != '' AND other != ''
ORDER BY both DESC, site, other""",
    keys=("site", "other"),
    people="both",
)
