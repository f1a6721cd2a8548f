-- who has consent to location at a snapshot: for one run, in the memory of its session alone
CREATE OR REPLACE TEMPORARY TABLE consented
(
    district LowCardinality(String),
    member String
)
ENGINE = Memory
