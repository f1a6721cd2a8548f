-- which run of a day was made visible, switch by switch; rows are only ever added
CREATE TABLE IF NOT EXISTS pointer
(
    district LowCardinality(String),
    day Date,
    definition LowCardinality(String),
    layer LowCardinality(String),
    run String,
    seq UInt64 COMMENT 'the highest of a key is the visible one',
    at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (district, day, definition, layer, seq)
SETTINGS ratio_of_defaults_for_sparse_serialization = 1
