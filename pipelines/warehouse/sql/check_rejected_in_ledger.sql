-- the ledger counts as many refused records of each feed and reason as there are rows of them
SELECT countIf(listed != counted) AS violations
FROM
(
    SELECT
        feed,
        reason,
        sum(rows) AS listed,
        sum(records) AS counted
    FROM
    (
        SELECT feed, reason, count() AS rows, 0 AS records
        FROM rejected
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        GROUP BY feed, reason
        UNION ALL
        SELECT feed, reason, 0 AS rows, records
        FROM ledger
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String} AND status = 'rejected'
    )
    GROUP BY feed, reason
)
