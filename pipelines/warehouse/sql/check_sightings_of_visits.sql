-- every visit has as many published sightings as it counts, and no sighting is without its visit
SELECT countIf(counted != published) AS violations
FROM
(
    SELECT
        visit_id,
        sum(counts) AS counted,
        sum(rows) AS published
    FROM
    (
        SELECT visit_id, sightings AS counts, 0 AS rows
        FROM visit
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        UNION ALL
        SELECT visit_id, 0 AS counts, count() AS rows
        FROM sighting
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        GROUP BY visit_id
    )
    GROUP BY visit_id
)
