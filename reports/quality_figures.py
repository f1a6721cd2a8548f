"""Figures about the data behind the day: what became of the records, and which access points were heard."""

from reports.figure import BOTH_DAYS, DAY, EXCLUDED, IS_COUNTED, SPOKE, WHICH, Figure
from reports.words import Text

_NONE = Text("无", "nothing")

RECORDS = Figure(
    name="records",
    title=Text("读取的记录", "Records read"),
    meaning=Text(
        "当日任务读取的每条记录的归宿。任务也读取前后窗口，其中的记录属于他日；窗口外的记录不计入上方的读取总数。",
        "How each record that the day's job read ended. The job also reads a window before and after, whose records "
        "belong to another day; records outside it are not in the total above.",
    ),
    leaves_out=_NONE,
    sql=f"""
SELECT status, reason, sum(records) AS records
FROM visible_ledger
WHERE {DAY}
GROUP BY status, reason
ORDER BY status, reason""",
    keys=("status", "reason"),
)

NETWORK = Figure(
    name="network",
    title=Text("接入点", "Access points"),
    meaning=Text(
        "有上报的已登记 AP；断续小时 = 一台 AP 首末次上报之间没有上报的小时；抖动 = 被合并的往返切换。",
        "Registered APs that reported; a silent AP-hour lies between an AP's first and last report; a flap is a move "
        "there and back that was folded away.",
    ),
    leaves_out=Text("整天无上报的 AP 没有断续小时", "an AP silent all day has no silent AP-hours"),
    sql=f"""
SELECT tupleElement(row, 1) AS item, tupleElement(row, 2) AS value, tupleElement(row, 3) AS of
FROM
(
    SELECT [('heard_aps', toInt64(countIf(which = 'day' AND known)), {{registered_aps:Int64}}),
            ('heard_before', toInt64(countIf(which = 'before' AND known)), {{registered_aps:Int64}}),
            ('unknown_aps', toInt64(countIf(which = 'day' AND NOT known)), toInt64(countIf(which = 'day'))),
            ('gap_hours', toInt64(sumIf(span - heard, which = 'day' AND known)),
                          toInt64(sumIf(span, which = 'day' AND known))),
            ('flaps', toInt64((SELECT count() FROM visible_flap WHERE {DAY})), CAST(NULL, 'Nullable(Int64)'))] AS rows
    FROM
    (
        SELECT {WHICH} AS which, ap, any(site) != 'unknown' AS known, toInt64(uniqExact(hour_ms)) AS heard,
               intDiv(max(hour_ms) - min(hour_ms), 3600000) + 1 AS span
        FROM visible_ap_hour
        WHERE {BOTH_DAYS} AND {SPOKE}
        GROUP BY which, ap
    )
)
ARRAY JOIN rows AS row""",
    keys=("item",),
)

AP_HOURS = Figure(
    name="ap_hours",
    title=Text("各时段有上报的 AP", "Access points heard by hour"),
    meaning=Text(
        "每小时有上报的已登记 AP；访客下降而此线也下降，先查 AP。",
        "Registered APs that reported in the hour; where visitors fall and this falls too, look at the APs first.",
    ),
    leaves_out=Text("未登记 AP", "unknown APs"),
    sql=f"""
SELECT {WHICH} AS which,
       toInt32(dateDiff('day', day, toDate(fromUnixTimestamp64Milli(hour_ms, {{time_zone:String}}))) * 24
           + toHour(fromUnixTimestamp64Milli(hour_ms, {{time_zone:String}}))) AS hour,
       uniqExact(ap) AS aps
FROM visible_ap_hour
WHERE {BOTH_DAYS} AND {SPOKE} AND site != 'unknown'
GROUP BY which, hour
ORDER BY which DESC, hour""",
    keys=("which", "hour"),
)

_LATE_ROWS = f"""
    SELECT visit_id FROM visible_sighting
    WHERE {DAY} AND has({{late_files:Array(String)}}, toString(file))
        AND line > arrayElement({{late_after:Array(Int64)}}, indexOf({{late_files:Array(String)}}, toString(file)))"""
# A join: tens of thousands log in on a large day, and asking each visit of each of them takes gigabytes.
_SPLIT_ROWS = f"""
    SELECT visit_id FROM visible_visit
    INNER JOIN
    (
        SELECT tupleElement(span, 1) AS device, tupleElement(span, 2) AS from_ms
        FROM (SELECT arrayJoin(arrayZip({{member_devices:Array(Int64)}}, {{member_from_ms:Array(Int64)}})) AS span)
    ) AS spans ON visible_visit.subject = spans.device
    WHERE {DAY} AND start_ms >= from_ms AND start_ms - from_ms < {{hold_joined_ms:Int64}}"""

DISTURBED = Figure(
    name="disturbed",
    title=Text("迟到、拆分、截断与未覆盖的到访", "Late, split, cut or uncovered"),
    meaning=Text(
        "占计入的到访。迟到：含有当日首次定稿之后才送达的记录；拆分：自登录或同意起不足一个连接保持时长即开始的会员到访，"
        "此前的部分属于未知设备；截断：当日尾段之后仍可能改变；未覆盖：其所在区域某台通常有上报的 AP 整小时无声，"
        "该时段可能改变这次到访。",
        "Of the counted visits. Late: with a row that came after the day's first final run. Split: of a member, begun "
        "within a joined hold of the login or consent that made the device the member's; what lay before is a "
        "stranger's. Cut: something after the day's tail could still change it. Uncovered: where it was, an AP that "
        "usually speaks gave no sign for an hour that could have changed it.",
    ),
    leaves_out=EXCLUDED,
    sql=f"""
SELECT tupleElement(row, 1) AS kind, tupleElement(row, 2) AS visits,
       if(total = 0, NULL, round(tupleElement(row, 2) / total, 4)) AS share, tupleElement(row, 3) AS visitors
FROM
(
    SELECT count() AS total,
           [('late_visits', countIf(late), uniqExactIf(subject, late)),
            ('split', countIf(split), uniqExactIf(subject, split)),
            ('cut', countIf(cut), uniqExactIf(subject, cut)),
            ('uncovered', countIf(touched), uniqExactIf(subject, touched))] AS rows
    FROM
    (
        SELECT subject, cut, ifNull(uncovered, false) AS touched, visit_id IN ({_LATE_ROWS}) AS late,
               visit_id IN ({_SPLIT_ROWS}) AS split
        FROM visible_visit
        WHERE {DAY} AND {IS_COUNTED}
    )
)
ARRAY JOIN rows AS row""",
    keys=("kind",),
    people="visitors",
    within=("kind",),
)
