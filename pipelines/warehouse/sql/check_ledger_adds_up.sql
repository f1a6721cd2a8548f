-- the ledger of each feed adds up to the records read
SELECT countIf(counted != given) AS violations
FROM
(
    SELECT
        feed,
        sum(kept) AS counted,
        sum(given) AS given
    FROM
    (
        SELECT feed, records AS kept, 0 AS given
        FROM ledger
        WHERE district = {district:String} AND day = {day:Date} AND definition = {definition:String} AND run = {run:String}
        UNION ALL
        SELECT feeds.1 AS feed, 0 AS kept, feeds.2 AS given
        FROM (SELECT arrayJoin(arrayZip({feeds:Array(String)}, {records:Array(Int64)})) AS feeds)
    )
    GROUP BY feed
)
