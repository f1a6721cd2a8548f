-- which migrations a warehouse has had; rows are only ever added
CREATE TABLE IF NOT EXISTS migration
(
    number UInt32,
    name String,
    views String COMMENT 'a mark of the text of all views as they were made then',
    at DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY number
SETTINGS ratio_of_defaults_for_sparse_serialization = 1
