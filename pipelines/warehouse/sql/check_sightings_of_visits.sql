-- every visit has the sightings it counts; in scope site fewer, since a join elsewhere counts and is published there
SELECT countIf(published > counted OR published = 0 OR (NOT in_site AND published != counted)) AS violations
FROM
(
    SELECT
        visit_id,
        sum(counts) AS counted,
        sum(rows) AS published,
        max(has_site) AS in_site
    FROM
    (
        SELECT visit_id, sightings AS counts, 0 AS rows, site != '' AS has_site
        FROM visit
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        UNION ALL
        SELECT visit_id, 0 AS counts, count() AS rows, false AS has_site
        FROM sighting
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        GROUP BY visit_id
    )
    GROUP BY visit_id
)
