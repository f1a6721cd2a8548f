-- runs of one day that hold rows in one table and are not the visible one
SELECT DISTINCT '$table' AS table, run
FROM $table
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String}
    AND run NOT IN
    (
        SELECT run
        FROM published
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String}
            AND layer = '$layer'
    )
