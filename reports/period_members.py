"""Figures about members over a period: how many different people, how many of them new, how often they came.

A member was here on a day if a visit of one of the member's devices started then, of whatever length. The figures read
period_member, which `pipelines` fills by `PERIOD_MEMBER_SQL`; that reads member_device and consented, filled for the
run, too. Parameters as in `reports.period_figures`.
"""

from reports.figure import SCOPE, Figure
from reports.words import Text

LOOKS_BACK_DAYS, LOYAL_DAYS = 365, 30

_LOOKED_AT = f"{SCOPE} AND day BETWEEN {{from:Date}} - {LOOKS_BACK_DAYS} AND {{until:Date}}"
_AGREED = "SELECT member FROM consented WHERE district = {district:String}"

# (member, day) of every day a member was here, some of them twice. Where a device's own sums do not tell whether a
# visit of the day began while it was the member's, the visits do.
_HERE = f"""
    WITH spans AS
    (
        SELECT device, member, from_ms, until_ms FROM member_device
        WHERE district = {{district:String}} AND member IN ({_AGREED})
    ), seen AS
    (
        SELECT s.member AS member, d.day AS day, d.subject AS subject, s.from_ms AS from_ms, s.until_ms AS until_ms,
               d.first_ms >= s.from_ms AND d.first_ms < s.until_ms
                   OR d.last_ms >= s.from_ms AND d.last_ms < s.until_ms AS is_sure
        FROM (SELECT * FROM visible_device_day WHERE {_LOOKED_AT}) AS d
        INNER JOIN spans AS s ON s.device = d.subject
        WHERE d.last_ms >= s.from_ms AND d.first_ms < s.until_ms
    )
    SELECT member, day FROM seen WHERE is_sure
    UNION ALL
    SELECT seen.member AS member, seen.day AS day
    FROM (SELECT * FROM seen WHERE NOT is_sure) AS seen
    INNER JOIN
    (
        SELECT day, subject, start_ms FROM visible_visit
        WHERE {_LOOKED_AT} AND NOT static AND NOT staff AND (day, subject) IN
            (SELECT day, subject FROM seen WHERE NOT is_sure)
    ) AS v ON v.day = seen.day AND v.subject = seen.subject
    WHERE v.start_ms >= seen.from_ms AND v.start_ms < seen.until_ms"""

# One row a member: days in the period, whether any before it, whether two lie within LOYAL_DAYS.
PERIOD_MEMBER_SQL = f"""
    SELECT member, length(days) AS times, was_before,
           arrayExists((day, next) -> next - day < {LOYAL_DAYS}, arrayPopBack(days), arrayPopFront(days)) AS is_loyal
    FROM
    (
        SELECT member, max(day < {{from:Date}}) AS was_before,
               arraySort(groupUniqArrayIf(day, day >= {{from:Date}})) AS days
        FROM ({_HERE}) GROUP BY member
    )
    WHERE notEmpty(days)"""

_OF_MEMBERS = Text(
    "非会员；撤回同意者；固定设备与员工标记的到访", "non-members; who withdrew; visits flagged static or staff"
)

MEMBERS = Figure(
    name="members",
    title=Text("会员", "Members"),
    meaning=Text(
        "时期末同意定位、且在时期内来过的不同会员；一人多台设备只算一人。",
        "Different members with consent to location at the period's end who were here in it; a person with several "
        "devices counts once.",
    ),
    leaves_out=_OF_MEMBERS,
    sql="SELECT 'present' AS kind, count() AS members, sum(times) AS member_days FROM period_member",
    keys=("kind",),
    people="members",
)

NEW_MEMBERS = Figure(
    name="new_members",
    title=Text("新会员与回访会员", "New and returning members"),
    meaning=Text(
        f"新：时期开始前 {LOOKS_BACK_DAYS} 天内（以仓库所存为限）没有来过；回访：来过。",
        f"New: not here in the {LOOKS_BACK_DAYS} days before the period, as far as the warehouse goes back; returning: "
        "here before.",
    ),
    leaves_out=_OF_MEMBERS,
    sql="""
SELECT if(was_before, 'returning', 'newcomer') AS kind, count() AS members, sum(times) AS member_days
FROM period_member GROUP BY kind ORDER BY kind""",
    keys=("kind",),
    people="members",
)

LOYALTY = Figure(
    name="loyalty",
    title=Text("会员来访频度", "How often members came"),
    meaning=Text(
        f"忠诚：在任意 {LOYAL_DAYS} 天内至少两个营业日来过；再来：两天以上但相隔更久；一次：只来过一天。",
        f"Loyal: on at least two trading days within {LOYAL_DAYS} days; again: on several days, further apart; once: "
        "on one day.",
    ),
    leaves_out=_OF_MEMBERS,
    sql="""
SELECT multiIf(is_loyal, 'loyal', times > 1, 'again', 'once') AS kind, count() AS members, sum(times) AS member_days
FROM period_member GROUP BY kind ORDER BY kind""",
    keys=("kind",),
    people="members",
)

OF_MEMBERS = (MEMBERS, NEW_MEMBERS, LOYALTY)
