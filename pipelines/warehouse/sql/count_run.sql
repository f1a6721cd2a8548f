-- rows of one run in one table
SELECT count() AS rows
FROM {table:Identifier}
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
