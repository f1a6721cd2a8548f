"""The figures of a period of days, read from what each day comes to (`schemas.sums`); no visit is looked at again.

Each SQL text gives the rows of each day, in the order of its own page, with the day's `visitors` and measures that add
up: of the days {from:Date} to {until:Date}, both included, that were counted by {limits:String}. `reports.period` adds
them up. Of strangers nothing but sums over days exists: no key links two of their days. Members are counted as people:
`reports.period_members`.
"""

from dataclasses import replace

from reports.figure import EXCLUDED, SCOPE, Figure
from reports.words import Text

_RANGE = f"{SCOPE} AND day BETWEEN {{from:Date}} AND {{until:Date}}"
COUNTED_DAYS = f"""SELECT day FROM visible_place_day
    WHERE {_RANGE} AND level = 'district' AND limits = {{limits:String}}"""
_ROWS = f"{_RANGE} AND day IN ({COUNTED_DAYS})"
_NO_KEY = Text(
    "访客日 = 每日不同设备数之和：同一人每天各算一次。没有任何密钥能把陌生设备的两天连起来，"
    "所以整段时期有多少不同的陌生访客无从得知。",
    "Visitor-days = each day's distinct devices, added: a person counts once on every day. No key links two days of a "
    "stranger, so how many different strangers came in the period cannot be known.",
)


def of_a_day(figure: Figure) -> Figure:
    """The same figure as the page of one day hides its small cells: by the visitors of the day."""
    return replace(figure, keys=("day", *figure.keys), people="visitors")


TOTAL = Figure(
    name="total",
    title=Text("全时期", "The period"),
    meaning=_NO_KEY,
    leaves_out=EXCLUDED,
    sql=f"""
SELECT day, 'district' AS item, visitors, visits, presence_ms / 3600000 AS hours
FROM visible_place_day
WHERE {_ROWS} AND level = 'district'
ORDER BY day""",
    keys=("item",),
    people="visitor_days",
)

DAYS = Figure(
    name="days",
    title=Text("逐日", "Day by day"),
    meaning=Text(
        "各日的访客与到访，与当日日报相同；时长为到访停留之和。",
        "Visitors and visits of each day as on its own page; hours are the dwell of the visits, added.",
    ),
    leaves_out=EXCLUDED,
    sql=f"""
SELECT day, toString(day) AS date, visitors, visits, presence_ms / 3600000 AS hours
FROM visible_place_day
WHERE {_ROWS} AND level = 'district'
ORDER BY day""",
    keys=("date",),
    people="visitor_days",
    within=("date",),
)

BANDS = Figure(
    name="period_bands",
    title=Text("停留分段", "Dwell bands"),
    meaning=Text(
        "各日该分段的到访之和；分段含下限、不含上限。",
        "Visits of the band, added over the days; a band holds its lower end, not its upper.",
    ),
    leaves_out=Text(
        "固定设备、员工；不足最短时长者灰色显示", "static devices, staff; visits under the minimum are grey"
    ),
    sql=f"""
SELECT day, band, engagement, counted, visitors, visits
FROM visible_dwell_day
WHERE {_ROWS}
ORDER BY day, toUInt32(extract(toString(band), '^[0-9]+')), engagement""",
    keys=("band", "engagement", "counted"),
    people="visitor_days",
    within=("counted",),
)

SITES = Figure(
    name="period_sites",
    title=Text("各场所", "By site"),
    meaning=Text(
        "各日之和。一名访客可出现在多个场所，各行之和大于总数。",
        "Added over the days. A visitor may be in several sites, so the rows add up to more than the district.",
    ),
    leaves_out=EXCLUDED,
    sql=f"""
SELECT day, site, visitors, visits, presence_ms / 3600000 AS hours
FROM visible_place_day
WHERE {_ROWS} AND level = 'site'
ORDER BY day, visitors DESC, site""",
    keys=("site",),
    people="visitor_days",
)

ZONES = Figure(
    name="period_zones",
    title=Text("热门区域", "Top zones"),
    meaning=Text("各日之和。", "Added over the days."),
    leaves_out=EXCLUDED,
    sql=f"""
SELECT day, site, zone, visitors, stays, presence_ms / 3600000 AS hours
FROM visible_place_day
WHERE {_ROWS} AND level = 'zone'
ORDER BY day, presence_ms DESC, site, zone""",
    keys=("site", "zone"),
    people="visitor_days",
    within=("site",),
)

MOVES = Figure(
    name="period_moves",
    title=Text("场所间流向", "Flow between sites"),
    meaning=Text(
        "同一次到访中，从一个场所直接到下一个场所的次数，各日之和。",
        "How often a visit went from one site straight to the next, added over the days.",
    ),
    leaves_out=EXCLUDED,
    sql=f"""
SELECT day, from_site, to_site, visitors, moves
FROM visible_move_day
WHERE {_ROWS}
ORDER BY day, moves DESC, from_site, to_site""",
    keys=("from_site", "to_site"),
    people="visitor_days",
    grid=("from_site", "to_site"),
)

OF_DAYS = (TOTAL, DAYS, BANDS, SITES, ZONES, MOVES)
LARGEST_FIRST = {SITES.name: "visitor_days", ZONES.name: "hours", MOVES.name: "moves"}
