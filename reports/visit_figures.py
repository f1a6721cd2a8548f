"""Figures about visits as wholes: how many, how long, at what hour, of what kind. Places have their own module."""

from reports.figure import BOTH_DAYS, DAY, EXCLUDED, IS_COUNTED, WHICH, Figure
from reports.words import Text

BIN_MIN, LAST_BIN_MIN = 5, 180

_DWELL_MIN = "intDiv(end_ms - start_ms, 60000)"
# The limits of the bands are the definition's; where one of its other limits lies inside a band, it makes two rows.
_LIMITS = "{bands_min:Array(Int64)}"
_BELOW = f"arrayFilter(x -> {_DWELL_MIN} >= x, {_LIMITS})"
_ABOVE = f"arrayFilter(x -> {_DWELL_MIN} < x, {_LIMITS})"
_BAND = f"""concat(if(empty({_BELOW}), '0', toString(arrayMax({_BELOW}))),
              if(empty({_ABOVE}), '+', concat('-', toString(arrayMin({_ABOVE})))))"""
_ENGAGEMENT = """multiIf(end_ms - start_ms < {engaged_ms:Int64}, 'bounce',
               {fully_engaged_ms:Int64} = 0 OR end_ms - start_ms < {fully_engaged_ms:Int64}, 'engaged',
               'fully-engaged')"""

HEADLINE = Figure(
    name="headline",
    title=Text("当日概览", "The day at a glance"),
    meaning=Text(
        "访客 = 至少有一次达到最短时长的到访的不同设备；停留 = 到访的末次记录减首次记录。"
        "一台设备算一名访客，随机 MAC 的占比因此印在旁边。",
        "Visitors = distinct devices with at least one visit of the minimum length; dwell = last record minus first. "
        "One device is one visitor, which is why the share of random MACs stands beside it.",
    ),
    leaves_out=EXCLUDED,
    sql=f"""
SELECT {WHICH} AS which,
       uniqExact(subject) AS visitors,
       count() AS visits,
       quantileExactInclusive(0.5)(end_ms - start_ms) / 60000 AS median_min,
       avg(end_ms - start_ms) / 60000 AS mean_min
FROM visible_visit
WHERE {BOTH_DAYS} AND {IS_COUNTED}
GROUP BY which
ORDER BY which DESC""",
    keys=("which",),
    people="visitors",
    within=("which",),
)

HOURS = Figure(
    name="hours",
    title=Text("各时段在场设备", "Devices present by hour"),
    meaning=Text(
        "每小时内任一时刻在场的不同设备，含前一日开始的到访；虚线为上周同日。钟表拨回而重复的小时取较大者。",
        "Distinct devices present at any instant of the hour, visits begun the day before included; the dotted line is "
        "the same weekday before. Of an hour that the clock repeats, the larger.",
    ),
    leaves_out=Text(
        "不排除任何设备：短暂到访、固定设备与员工都在内", "nothing: short visits, static devices and staff are in"
    ),
    sql=f"""
SELECT {WHICH} AS which,
       toInt32(dateDiff('day', day, toDate(fromUnixTimestamp64Milli(hour_ms, {{time_zone:String}}))) * 24
           + toHour(fromUnixTimestamp64Milli(hour_ms, {{time_zone:String}}))) AS hour,
       max(devices) AS devices,
       max(presence_ms) / 3600000 AS mean_present,
       max(peak) AS peak
FROM visible_zone_hour
WHERE {BOTH_DAYS} AND level = 'district'
GROUP BY which, hour
ORDER BY which DESC, hour""",
    keys=("which", "hour"),
    people="devices",
    within=("which",),
)

_DWELL = Text(
    "按停留时长统计到访；分段含下限、不含上限（如 5–15 为 5:00 至 14:59）。"
    "跳出、投入与深度投入的界限由口径规定，同样含下限。",
    "Visits by dwell; a band holds its lower end, not its upper (5-15 is 5:00 to 14:59). The definition says under "
    "what a visit is a bounce, and from when on it is fully engaged; a limit belongs to what lies above it.",
)
_NO_STAFF = Text(
    "固定设备、员工；不足最短时长者灰色显示，不计入访客",
    "static devices, staff; visits under the minimum are grey and make no visitor",
)

BAND_FIGURE = Figure(
    name="bands",
    title=Text("停留分段", "Dwell bands"),
    meaning=_DWELL,
    leaves_out=_NO_STAFF,
    sql=f"""
SELECT {_BAND} AS band,
       {_ENGAGEMENT} AS engagement,
       toBool(end_ms - start_ms >= {{min_dwell_ms:Int64}}) AS counted,
       count() AS visits,
       uniqExact(subject) AS visitors
FROM visible_visit
WHERE {DAY} AND NOT static AND NOT staff
GROUP BY band, engagement, counted
ORDER BY min(end_ms - start_ms)""",
    keys=("band", "engagement", "counted"),
    people="visitors",
    within=("counted",),
)

BIN_FIGURE = Figure(
    name="dwell",
    title=Text("停留分布", "Dwell distribution"),
    meaning=Text(
        f"每 {BIN_MIN} 分钟一格，最后一格为 {LAST_BIN_MIN} 分钟及以上。",
        f"Steps of {BIN_MIN} min; the last holds {LAST_BIN_MIN} min and more.",
    ),
    leaves_out=_NO_STAFF,
    sql=f"""
SELECT {_BAND} AS band,
       toInt32(least(intDiv({_DWELL_MIN}, {BIN_MIN}) * {BIN_MIN}, {LAST_BIN_MIN})) AS bin_min,
       toBool(end_ms - start_ms >= {{min_dwell_ms:Int64}}) AS counted,
       count() AS visits,
       uniqExact(subject) AS visitors
FROM visible_visit
WHERE {DAY} AND NOT static AND NOT staff
GROUP BY band, bin_min, counted
ORDER BY bin_min, counted""",
    keys=("band", "bin_min", "counted"),
    people="visitors",
    within=("band", "counted"),
)

KINDS = Figure(
    name="kinds",
    title=Text("到访的类别", "Kinds of visits"),
    meaning=Text(
        "被截断：计入的到访中，当日尾段之后仍可能改变者；短暂到访、固定设备、员工：不计入访客的到访，各归一类。",
        "Cut: counted visits that something after the day's tail could still change; short, static, staff: visits that "
        "make no visitor, each in one class.",
    ),
    leaves_out=Text("各类之和不等于全部到访", "the classes do not add up to all visits"),
    sql=f"""
SELECT tupleElement(row, 1) AS kind, tupleElement(row, 2) AS visits, tupleElement(row, 3) AS visitors
FROM
(
    SELECT [('cut', countIf(counted AND cut), uniqExactIf(subject, counted AND cut)),
            ('short', countIf(short), uniqExactIf(subject, short)),
            ('static', countIf(static), uniqExactIf(subject, static)),
            ('staff', countIf(staff AND NOT static), uniqExactIf(subject, staff AND NOT static))] AS rows
    FROM
    (
        SELECT subject, cut, static, staff, {IS_COUNTED} AS counted,
               NOT counted AND NOT static AND NOT staff AS short
        FROM visible_visit
        WHERE {DAY}
    )
)
ARRAY JOIN rows AS row""",
    keys=("kind",),
    people="visitors",
    within=("kind",),
)

# Counts of random, fixed and other addresses would give away a small third class beside the published visits, so this
# publishes a share, rounded, and hides it where the smaller of the two classes is small.
ADDRESSES = Figure(
    name="addresses",
    title=Text("随机 MAC 占比", "Share of random MACs"),
    meaning=Text(
        "计入的到访中，地址为随机 MAC 者所占的比例；随机 MAC 会更换，同一部手机可能算作多名访客。",
        "Of the counted visits, the share whose address is a random MAC. Such an address changes, so one phone may "
        "count as several visitors.",
    ),
    leaves_out=Text("非 MAC 标识的到访", "visits whose identifier is no MAC"),
    sql=f"""
SELECT 'random' AS kind,
       if(known = 0, NULL, round(random_visits / known, 2)) AS share,
       if(least(random_people, fixed_people) = 0, greatest(random_people, fixed_people),
          least(random_people, fixed_people)) AS smaller_class
FROM
(
    SELECT countIf(random IS NOT NULL) AS known,
           countIf(random = 1) AS random_visits,
           uniqExactIf(subject, random = 1) AS random_people,
           uniqExactIf(subject, random = 0) AS fixed_people
    FROM visible_visit
    WHERE {DAY} AND {IS_COUNTED}
)""",
    keys=("kind",),
    people="smaller_class",
    within=("kind",),
)
