-- rows of one run in one table
SELECT '$table' AS table, count() AS rows
FROM $table
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
