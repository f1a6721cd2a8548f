-- every stay belongs to a visit of the same run
SELECT count() AS violations
FROM stay
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
    AND visit_id NOT IN
    (
        SELECT visit_id
        FROM visit
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
    )
