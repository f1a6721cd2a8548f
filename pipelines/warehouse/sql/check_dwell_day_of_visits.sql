-- the dwell bands of the day hold every visit that is no static device's and no staff's
SELECT toUInt64(abs(counted - listed)) AS violations
FROM
(
    SELECT
        (
            SELECT sum(visits)
            FROM dwell_day
            WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        ) AS listed,
        (
            SELECT countIf(NOT static AND NOT staff)
            FROM visit
            WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        ) AS counted
)
