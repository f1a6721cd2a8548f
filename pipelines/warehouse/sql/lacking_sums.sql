-- the visible runs whose day has no sums
SELECT district, day, definition, run
FROM published
WHERE layer = 'facts' AND (district, day, definition, run) NOT IN
(
    SELECT DISTINCT district, day, definition, run
    FROM place_day
)
ORDER BY district, day, definition
