-- no hour counts more devices in a minute than in the hour, or more time than its devices have, or lies outside the day
SELECT countIf(
    peak > devices
    OR presence_ms > devices * 3600000
    OR hour_ms <= {from_ms:Int64} - 3600000
    OR hour_ms >= {until_ms:Int64}
) AS violations
FROM zone_hour
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
