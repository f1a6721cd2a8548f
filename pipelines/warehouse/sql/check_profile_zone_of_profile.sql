-- every member with time in a zone has a profile
SELECT count() AS violations
FROM profile_zone
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
    AND member NOT IN
    (
        SELECT member
        FROM profile
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
    )
