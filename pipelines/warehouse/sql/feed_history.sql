-- what became of the records of every feed and hour in the days before one
SELECT day, feed, hour_ms, status, reason, records
FROM visible_feed_hour
WHERE district = {district:String} AND definition = {definition:String} AND day >= {since:Date} AND day < {day:Date}
ORDER BY day, feed, hour_ms, status, reason
