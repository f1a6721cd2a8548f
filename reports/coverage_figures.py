"""Figures about hours that nobody watched: access points that usually speak and did not, and what that may hide.

When an access point usually speaks is said in `sessionize.usual`, and stands in each day's `ap_hour`.
"""

from reports.figure import DAY, EXCLUDED, IS_COUNTED, SCOPE, SPOKE, Figure
from reports.words import Text

LOOKS_BACK_DAYS = 28
LEAST_COVERED = 0.9  # under this an hour of a site adds to the range: one quiet radio of many hides nobody
_RECENT = f"{SCOPE} AND day BETWEEN {{day:Date}} - {LOOKS_BACK_DAYS} AND {{day:Date}}"
_HOUR = """toInt32(dateDiff('day', day, toDate(fromUnixTimestamp64Milli(hour_ms, {time_zone:String}))) * 24
           + toHour(fromUnixTimestamp64Milli(hour_ms, {time_zone:String})))"""


def _covered(place: str) -> str:
    """SQL of (place, hour, usual_aps, heard_aps) of the day: of the APs that usually speak in the hour, which did."""
    return f"""
    SELECT {place}, {_HOUR} AS hour, uniqExact(ap) AS usual_aps, uniqExactIf(ap, {SPOKE}) AS heard_aps
    FROM visible_ap_hour
    WHERE {DAY} AND expected
    GROUP BY {place}, hour"""


def _not_covered(place: str) -> str:
    """SQL of the hours in which not all spoke, those first in which most did not."""
    return f"""
SELECT {place}, hour, toInt64(heard_aps) AS heard, toInt64(usual_aps) AS usual, heard_aps / usual_aps AS share_covered
FROM ({_covered(place)}
)
WHERE heard_aps < usual_aps
ORDER BY usual - heard DESC, {place}, hour"""


_MEANING = Text(
    "该时段通常有上报的 AP 中，当日有上报或心跳者所占比例；0 % 表示此时此处无人记录，而非无人到访。"
    "“通常”= 此前 28 天里该 AP 有声的日子中至少九成；不足三天历史的 AP，以其当日首末次上报之间为准，"
    "且其间至少四分之三的小时有上报。",
    "Of the APs that usually speak in the hour, the share that did, or gave a heartbeat; 0 % says that nobody counted, "
    "not that nobody came. Usually: on nine in ten of the AP's days of the 28 before; an AP with fewer than three, "
    "between its first and last report of the day, if it spoke in three of four hours between.",
)
_LEAVES_OUT = Text("未登记 AP；覆盖完整的时段", "unknown APs; hours in which all spoke")

COVERAGE = Figure(
    name="coverage",
    title=Text("各场所各时段的 AP 覆盖", "Coverage by site and hour"),
    meaning=_MEANING,
    leaves_out=_LEAVES_OUT,
    sql=_not_covered("site"),
    keys=("site", "hour"),
)

ZONE_COVERAGE = Figure(
    name="zone_coverage",
    title=Text("各区域各时段的 AP 覆盖", "Coverage by zone and hour"),
    meaning=_MEANING,
    leaves_out=_LEAVES_OUT,
    sql=_not_covered("site, zone"),
    keys=("site", "zone", "hour"),
)

RANGE = Figure(
    name="range",
    title=Text("访客的可能范围", "Between how many visitors"),
    meaning=Text(
        "至少 = 计入的访客；约至多 = 另加覆盖不足九成的场所时段里通常在场的设备"
        "（前 28 天同时段的中位数；无历史则取该场所当日最高的时段），"
        "按未上报 AP 的比例计，向上取整到十。两者相等表示各场所各时段至少九成有覆盖；– 表示尚不知哪些 AP 通常有上报。",
        "At least: the visitors counted. About at most: with the devices usually present at a site in hours in which "
        "fewer than nine in ten of its APs spoke (median of the hour over the 28 days before; without any, the site's "
        "fullest hour of the day), by the share that did not, rounded up to tens. Equal: no such hour. –: it is not "
        "known yet which APs usually speak.",
    ),
    leaves_out=EXCLUDED,
    sql=f"""
WITH
    covered AS ({_covered("site")}),
    present AS
    (
        SELECT site, {_HOUR} AS hour, day, max(devices) AS devices
        FROM visible_zone_hour
        WHERE {_RECENT} AND level = 'site'
        GROUP BY site, hour, day
    ),
    usual AS
    (
        SELECT site, hour, quantileExactInclusive(0.5)(devices) AS devices
        FROM present WHERE day < {{day:Date}} GROUP BY site, hour
    ),
    fullest AS (SELECT site, max(devices) AS devices FROM present WHERE day = {{day:Date}} GROUP BY site),
    (SELECT count() FROM covered) AS known,
    most AS (SELECT site, max(usual_aps) AS aps FROM covered GROUP BY site),
    (
        SELECT sum((usual_aps - heard_aps) * if(usual.site != '', usual.devices / usual_aps, fullest.devices / aps))
        FROM covered
        INNER JOIN most ON most.site = covered.site
        LEFT JOIN usual ON usual.site = covered.site AND usual.hour = covered.hour
        LEFT JOIN fullest ON fullest.site = covered.site
        WHERE heard_aps < {LEAST_COVERED} * usual_aps
    ) AS missed
SELECT 'visitors' AS item,
       toInt64(uniqExact(subject)) AS at_least,
       if(known = 0, NULL,
          toInt64(if(missed > 0, ceil((uniqExact(subject) + missed) / 10) * 10, uniqExact(subject)))) AS at_most
FROM visible_visit
WHERE {DAY} AND {IS_COUNTED}""",
    keys=("item",),
    people="at_least",
    within=("item",),
)
