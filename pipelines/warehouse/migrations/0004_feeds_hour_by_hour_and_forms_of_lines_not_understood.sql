-- feeds hour by hour, and forms of lines not understood
CREATE TABLE IF NOT EXISTS feed_hour
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day of the job',
    feed LowCardinality(String) COMMENT 'feed of the records',
    hour_ms Int64 COMMENT 'begin of the hour; a record without a time counts with the row before it',
    status LowCardinality(String) COMMENT 'how they ended',
    reason LowCardinality(String) COMMENT 'why, where a status has several reasons; empty else',
    records Int64 COMMENT 'how many'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, feed, hour_ms, status, reason) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;

CREATE TABLE IF NOT EXISTS line_shape
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day of the job',
    feed LowCardinality(String) COMMENT 'feed of the lines',
    status LowCardinality(String) COMMENT 'how they ended',
    reason LowCardinality(String) COMMENT 'why',
    shape String COMMENT 'words of protocols and punctuation; ~ stands for any other word, 0 for a number',
    sampled Int64 COMMENT 'lines of this form among those looked at: a few of each piece of a file'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, feed, status, reason, shape) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;
