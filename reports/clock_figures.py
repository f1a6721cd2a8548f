"""What is known of the clocks behind the day's times. How a clock is found out: docs/decisions/0010 and 0020."""

from reports.figure import DAY, Figure
from reports.words import Text

CLOCKS = Figure(
    name="clocks",
    title=Text("时钟", "Clocks"),
    meaning=Text(
        "保留的记录按其时间来源：时钟已校正、确认准确（一秒以内）、原样（对其时钟一无所知）；以及被校正的时钟数与最大偏差（秒）。",
        "Published sightings by what is known of the clock that stamped them: corrected, found right within a second, "
        "as stamped (nothing is known); then how many clocks were corrected, and by how many seconds the worst.",
    ),
    leaves_out=Text("不属于任何到访的记录", "rows of no visit"),
    sql=f"""
SELECT tupleElement(row, 1) AS item, tupleElement(row, 2) AS value, tupleElement(row, 3) AS of
FROM
(
    SELECT [('corrected', seen.1, seen.4), ('found_right', seen.2, seen.4), ('as_stamped', seen.3, seen.4),
            ('clocks_corrected', known.1, known.2),
            ('largest_offset_s', known.3, CAST(NULL, 'Nullable(Int64)'))] AS rows
    FROM
    (
        SELECT
            (SELECT tuple(toInt64(countIf(time_quality = 2)), toInt64(countIf(time_quality = 1)),
                          toInt64(countIf(time_quality = 0)), CAST(count(), 'Nullable(Int64)'))
             FROM visible_sighting WHERE {DAY}) AS seen,
            (SELECT tuple(toInt64(countIf(offset_ms != 0)), CAST(count(), 'Nullable(Int64)'),
                          toInt64(round(max(abs(offset_ms)) / 1000)))
             FROM visible_clock_offset WHERE {DAY}) AS known
    )
)
ARRAY JOIN rows AS row""",
    keys=("item",),
)
