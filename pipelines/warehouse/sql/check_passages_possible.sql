-- nobody came in or joined who did not pass, and every hour lies inside the day
SELECT countIf(
    visitors > passers_by
    OR connected > passers_by
    OR hour_ms <= {from_ms:Int64} - 3600000
    OR hour_ms >= {until_ms:Int64}
) AS violations
FROM passage
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
