-- every hour of an access point lies inside the day
SELECT countIf(hour_ms <= {from_ms:Int64} - 3600000 OR hour_ms >= {until_ms:Int64}) AS violations
FROM ap_hour
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
