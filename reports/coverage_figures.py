"""Figures about hours that nobody watched: access points that usually speak and did not, and what that may hide.

An access point usually speaks in an hour if it did so on at least half of its days among the 28 before; one that has
fewer than three such days, in every hour between its first and its last report of the day itself. Days before are those
that are visible when the report is made.
"""

from reports.figure import DAY, IS_COUNTED, SCOPE, Figure
from reports.words import Text

LOOKS_BACK_DAYS, LEAST_DAYS = 28, 3
_RECENT = f"{SCOPE} AND day BETWEEN {{day:Date}} - {LOOKS_BACK_DAYS} AND {{day:Date}}"
_HOUR = """toInt32(dateDiff('day', day, toDate(fromUnixTimestamp64Milli(hour_ms, {time_zone:String}))) * 24
           + toHour(fromUnixTimestamp64Milli(hour_ms, {time_zone:String})))"""

# (site, hour, usual_aps, heard_aps) of the day
_COVERED = f"""
    SELECT site, tupleElement(one, 1) AS hour, count() AS usual_aps, countIf(tupleElement(one, 2)) AS heard_aps
    FROM
    (
        SELECT site,
               if(days < {LEAST_DAYS},
                  arrayMap(hour -> (hour, has(today, hour)), range(arrayMin(today), arrayMax(today) + 1)),
                  arrayMap(hour -> (hour, has(today, hour)),
                           arrayFilter(hour -> 2 * countEqual(before, hour) >= days, arrayDistinct(before)))) AS hours
        FROM
        (
            SELECT ap, argMax(site, day) AS site, uniqExactIf(day, day < {{day:Date}}) AS days,
                   groupUniqArrayIf(hour, day = {{day:Date}}) AS today, groupArrayIf(hour, day < {{day:Date}}) AS before
            FROM
            (
                SELECT DISTINCT ap, site, day, {_HOUR} AS hour
                FROM visible_ap_hour
                WHERE {_RECENT} AND site != 'unknown'
            )
            GROUP BY ap
        )
        WHERE days >= {LEAST_DAYS} OR notEmpty(today)
    )
    ARRAY JOIN hours AS one
    GROUP BY site, hour"""

COVERAGE = Figure(
    name="coverage",
    title=Text("各场所各时段的 AP 覆盖", "Coverage by site and hour"),
    meaning=Text(
        "该时段通常有上报的 AP 中，当日有上报者所占比例；0 % 表示该场所此时无人记录，而非无人到访。"
        "“通常”= 前 28 天中至少半数日子；不足三天历史的 AP，以其当日首末次上报之间为准。",
        "Of the APs that usually speak in the hour, the share that did; 0 % says that nobody counted, not that nobody "
        "came. Usually: on half of the AP's days of the 28 before; an AP with fewer than three, between its first and "
        "last report of the day.",
    ),
    leaves_out=Text("未登记 AP；覆盖完整的时段", "unknown APs; hours in which all spoke"),
    sql=f"""
SELECT site, hour, toInt64(heard_aps) AS heard, toInt64(usual_aps) AS usual, heard_aps / usual_aps AS share_covered
FROM ({_COVERED}
)
WHERE heard_aps < usual_aps
ORDER BY share_covered, site, hour""",
    keys=("site", "hour"),
)

RANGE = Figure(
    name="range",
    title=Text("访客的可能范围", "Between how many visitors"),
    meaning=Text(
        "至少 = 计入的访客；约至多 = 另加未覆盖时段通常在场的设备"
        "（前 28 天同时段的中位数；无历史则取该场所当日最高的时段），"
        "按未上报 AP 的比例计，向上取整到十。两者相等表示各时段均有覆盖。",
        "At least: the visitors counted. About at most: with the devices usually present in hours that were not "
        "covered (median of the hour over the 28 days before; without any, the site's fullest hour of the day), by the "
        "share of APs that did not speak, rounded up to tens. Equal: every hour was covered.",
    ),
    leaves_out=Text("不足最短时长的到访、固定设备、员工", "visits under the minimum, static devices, staff"),
    sql=f"""
WITH
    covered AS ({_COVERED}),
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
    (
        SELECT sum((1 - heard_aps / usual_aps) * if(usual.site != '', usual.devices, fullest.devices))
        FROM covered
        LEFT JOIN usual ON usual.site = covered.site AND usual.hour = covered.hour
        LEFT JOIN fullest ON fullest.site = covered.site
        WHERE heard_aps < usual_aps
    ) AS missed
SELECT 'visitors' AS item,
       toInt64(uniqExact(subject)) AS at_least,
       toInt64(if(missed > 0, ceil((uniqExact(subject) + missed) / 10) * 10, uniqExact(subject))) AS at_most
FROM visible_visit
WHERE {DAY} AND {IS_COUNTED}""",
    keys=("item",),
    people="at_least",
    within=("item",),
)
