-- who passed, and who came in
CREATE TABLE IF NOT EXISTS passage
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    level LowCardinality(String) COMMENT 'what the row is about',
    site LowCardinality(String) COMMENT 'site; empty for the district',
    zone LowCardinality(String) COMMENT 'zone; empty for site and district',
    span LowCardinality(String) COMMENT 'how long',
    hour_ms Int64 COMMENT 'begin of the hour, or of the day',
    passers_by Int32 COMMENT 'distinct subjects heard or present there, those who came in among them',
    visitors Int32 COMMENT 'those present there of whom a visit spent the minimum there',
    connected Int32 COMMENT 'those who joined there, or were told to be joined'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, level, site, zone, span, hour_ms) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;
