-- clocks told by devices that roam
ALTER TABLE clock_offset ADD COLUMN IF NOT EXISTS error_ms Nullable(Int64) AFTER samples;

ALTER TABLE clock_offset ADD COLUMN IF NOT EXISTS source LowCardinality(String) AFTER error_ms;
