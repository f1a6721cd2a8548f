"""Figures about who passed a place, who came in and who joined: the capture rate."""

from reports.figure import DAY, Figure
from reports.words import Text

_MEANING = Text(
    "经过 = 当日在该处被听到或在场的不同设备，进店者也先算经过；访客 = 其中一次到访在该处累计达到最短时长者；"
    "连接 = 其中连上 WiFi 者。进店率 = 访客 ÷ 经过；无人经过则为 –，不是 0。",
    "Passers-by: distinct devices heard or present there, those who came in among them. Visitors: those of whom one "
    "visit spent the minimum there. Connected: those who joined the WiFi there. Capture rate = visitors / passers-by; "
    "– where nobody passed, which is not 0.",
)
_LEAVES_OUT = Text(
    "固定设备、员工；未登记 AP 只计入商圈；随机 MAC 计入，一部手机可能算作多名经过者，进店率因此偏低",
    "static devices, staff; unknown APs count for the district alone. Random MACs are in: one phone may pass as "
    "several, so the rate reads low",
)
# A small class beside published totals could be worked out, so a row shows only if none of its classes is small.
_CLASSES = "[visitors, connected, passers_by - visitors, passers_by - connected]"
_SMALLER = f"if(passers_by = 0, 0, arrayMin(arrayFilter(n -> n > 0, {_CLASSES})))"
_COUNTS = f"""passers_by, visitors, connected,
       if(passers_by = 0, NULL, round(visitors / passers_by, 4)) AS share_captured,
       toInt64({_SMALLER}) AS smaller_class"""

CAPTURE = Figure(
    name="capture",
    title=Text("进店率", "Capture rate"),
    meaning=_MEANING,
    leaves_out=_LEAVES_OUT,
    sql=f"""
SELECT site, zone, {_COUNTS}
FROM visible_passage
WHERE {DAY} AND span = 'day'
ORDER BY site, zone""",
    keys=("site", "zone"),
    people="smaller_class",
    within=("site",),
)

CAPTURE_HOURS = Figure(
    name="capture_hours",
    title=Text("各时段进店率", "Capture rate by hour"),
    meaning=_MEANING,
    leaves_out=_LEAVES_OUT,
    sql=f"""
SELECT site,
       toInt32(dateDiff('day', day, toDate(fromUnixTimestamp64Milli(hour_ms, {{time_zone:String}}))) * 24
           + toHour(fromUnixTimestamp64Milli(hour_ms, {{time_zone:String}}))) AS hour,
       {_COUNTS}
FROM visible_passage
WHERE {DAY} AND span = 'hour' AND level != 'zone'
ORDER BY site, hour""",
    keys=("site", "hour"),
    people="smaller_class",
    within=("site",),
)
