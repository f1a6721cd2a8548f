-- clock offsets and the quality of times
ALTER TABLE sighting ADD COLUMN IF NOT EXISTS time_quality Int8 AFTER line;

CREATE TABLE IF NOT EXISTS clock_offset
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day in which the times lie, by what the clock itself shows',
    feed LowCardinality(String) COMMENT 'feed of the lines',
    clock LowCardinality(String) COMMENT 'controller whose clock it is, as the log names it; empty: the feed\'s own',
    offset_ms Int64 COMMENT 'what is added to a time at the day\'s start; 0: nothing',
    drift_ppm Float64 COMMENT 'by how many millionths of the time since the day\'s start the offset grows',
    method LowCardinality(String) COMMENT '`declared` in offsets.csv; `two-clocks`: from the day before\'s lines that two clocks stamped; `right` within a second; left as they are: `too-few` lines, `unsteady` (jumped, or scattered), `too-far` (a time zone?)',
    behind_ms Nullable(Int64) COMMENT 'how far the clock is behind at the day\'s start, by lines',
    spread_ms Nullable(Int64) COMMENT 'median distance of a line from that',
    samples Int64 COMMENT 'lines of the day before that two clocks stamped'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, feed, clock) SETTINGS ratio_of_defaults_for_sparse_serialization = 1;
