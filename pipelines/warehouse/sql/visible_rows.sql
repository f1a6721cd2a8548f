-- the visible rows of one day in one table
SELECT $columns
FROM visible_$table
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String}
