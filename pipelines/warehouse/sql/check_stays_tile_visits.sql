-- the stays of a visit follow one another without hole or overlap, from its start to its end, as many as it says
SELECT countIf(length(path) != visit.stays OR path[1].2 != start_ms OR path[-1].3 != end_ms OR NOT joined) AS violations
FROM visit
LEFT JOIN
(
    SELECT
        visit_id,
        arraySort(groupArray((ordinal, from_ms, to_ms))) AS path,
        arrayAll(
            (stay, place) -> stay.1 = place - 1 AND stay.2 <= stay.3 AND (place = 1 OR path[place - 1].3 = stay.2),
            path,
            arrayEnumerate(path)
        ) AS joined
    FROM stay
    WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
    GROUP BY visit_id
) AS paths USING (visit_id)
WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
