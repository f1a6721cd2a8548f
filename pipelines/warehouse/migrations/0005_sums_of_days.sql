-- sums of days
CREATE TABLE IF NOT EXISTS device_day
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    subject Int64 COMMENT 'the member\'s device (< 0)',
    visits Int32 COMMENT 'its visits; those that overlap or touch are one',
    presence_ms Int64 COMMENT 'their time, summed',
    first_ms Int64 COMMENT 'start of the first visit',
    last_ms Int64 COMMENT 'start of the last visit',
    until_ms Int64 COMMENT 'latest end of a visit'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, subject) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;

CREATE TABLE IF NOT EXISTS device_zone_day
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    subject Int64 COMMENT 'the member\'s device (< 0)',
    site LowCardinality(String) COMMENT 'site of the zone',
    zone LowCardinality(String) COMMENT 'leaf zone; `unknown` for an unregistered AP',
    stays Int32 COMMENT 'its stays there; those that touch are one',
    presence_ms Int64 COMMENT 'their time, summed',
    first_ms Int64 COMMENT 'start of the device\'s first visit of the day, wherever',
    last_ms Int64 COMMENT 'start of its last one'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, subject, site, zone) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;

CREATE TABLE IF NOT EXISTS move_day
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    from_site LowCardinality(String) COMMENT 'site left',
    to_site LowCardinality(String) COMMENT 'site entered next',
    moves Int32 COMMENT 'how often',
    visitors Int32 COMMENT 'distinct devices of the day that did'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, from_site, to_site) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;

CREATE TABLE IF NOT EXISTS dwell_day
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    band LowCardinality(String) COMMENT 'limits of the band in minutes: `5-15`, `120+`',
    engagement LowCardinality(String) COMMENT 'what the definition calls them',
    counted Bool COMMENT 'long enough to make a visitor',
    visits Int32 COMMENT 'how many',
    visitors Int32 COMMENT 'distinct devices of the day'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, band, engagement, counted) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;

CREATE TABLE IF NOT EXISTS place_day
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    level LowCardinality(String) COMMENT 'what the row is about',
    site LowCardinality(String) COMMENT 'site; empty for the district',
    zone LowCardinality(String) COMMENT 'zone; empty for site and district',
    visitors Int32 COMMENT 'distinct devices of the day',
    visits Int32 COMMENT 'visits with a stay there; of the district, all',
    stays Int32 COMMENT 'stays at known places',
    presence_ms Int64 COMMENT 'time in those stays; of the district, dwell of the visits',
    limits LowCardinality(String) COMMENT 'the limits of the definition by which the day\'s sums were counted'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, level, site, zone) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;
