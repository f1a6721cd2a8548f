-- hours that were not covered
ALTER TABLE visit ADD COLUMN IF NOT EXISTS uncovered Nullable(Bool) AFTER cut;

ALTER TABLE ap_hour ADD COLUMN IF NOT EXISTS heartbeat Bool AFTER sightings;

ALTER TABLE ap_hour ADD COLUMN IF NOT EXISTS expected Nullable(Bool) AFTER heartbeat;
