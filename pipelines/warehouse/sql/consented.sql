-- who has consent to location at a snapshot: for one run, in memory only
CREATE TABLE IF NOT EXISTS consented
(
    district LowCardinality(String),
    member String
)
ENGINE = Memory
