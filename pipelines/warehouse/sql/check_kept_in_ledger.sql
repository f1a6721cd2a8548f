-- the ledger counts as many kept records of each feed as there are published sightings
SELECT countIf(listed != counted) AS violations
FROM
(
    SELECT
        feed,
        sum(rows) AS listed,
        sum(records) AS counted
    FROM
    (
        SELECT feed, count() AS rows, 0 AS records
        FROM sighting
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        GROUP BY feed
        UNION ALL
        SELECT feed, 0 AS rows, records
        FROM ledger
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String} AND status = 'kept'
    )
    GROUP BY feed
)
