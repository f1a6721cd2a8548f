-- every visit starts inside the day and ends no earlier than it starts
SELECT countIf(start_ms < {from_ms:Int64} OR start_ms >= {until_ms:Int64} OR end_ms < start_ms) AS violations
FROM visit
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
