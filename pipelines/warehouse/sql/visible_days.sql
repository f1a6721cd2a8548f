-- the days and definitions of one district that are visible in one layer
SELECT day, definition
FROM published
WHERE district = {district:String} AND layer = {layer:String}
ORDER BY day, definition
