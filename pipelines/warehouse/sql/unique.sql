-- rows of one run that repeat another row's key
SELECT '${table}_unique' AS check, count() - uniqExact($key) AS violations
FROM $table
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
