-- the tables of 0.1.0
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
ORDER BY (district, day, definition, layer, seq);

CREATE TABLE IF NOT EXISTS consented
(
    district LowCardinality(String),
    member String
)
ENGINE = Memory;

CREATE TABLE IF NOT EXISTS member_device
(
    district LowCardinality(String) COMMENT 'district of the run',
    device Int64 COMMENT 'the device under the members\' key (< 0)',
    member String COMMENT 'who',
    from_ms Int64 COMMENT 'first instant, inclusive: the login, or the consent if that came later',
    until_ms Int64 COMMENT 'end, exclusive: N days after the last login, or the withdrawal if earlier'
)
ENGINE = Memory;

CREATE TABLE IF NOT EXISTS visit
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day in which it starts',
    visit_id Int64 COMMENT '63 bits of blake2b over (definition, district, site, day, subject, start)',
    site LowCardinality(String) COMMENT 'site of the visit in scope site; empty in scope district',
    subject Int64 COMMENT 'pseudonym of the device: a day\'s (>= 0) or a member device\'s (< 0)',
    start_ms Int64 COMMENT 'first row that counts',
    end_ms Int64 COMMENT 'last row that counts; dwell is end - start, 0 for a lone row',
    sightings Int32 COMMENT 'rows that count',
    stays Int32 COMMENT 'stays that tile it, after flap smoothing',
    random Nullable(Bool) COMMENT 'the address was a random (locally administered) MAC; null: no MAC',
    bounce Bool COMMENT 'shorter than the definition\'s engaged minimum',
    static Bool COMMENT 'longer than `longest`: a device that lives here',
    staff Bool COMMENT 'as long as a working shift',
    cut Bool COMMENT 'something after the day\'s tail could still have changed it'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (visit_id);

CREATE TABLE IF NOT EXISTS stay
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day of the visit',
    visit_id Int64 COMMENT 'its visit',
    ordinal Int32 COMMENT 'place in the visit\'s path, from 0',
    site LowCardinality(String) COMMENT 'site of the zone; empty for `between`',
    zone LowCardinality(String) COMMENT 'leaf zone; `between` after a leave, `unknown` for an unregistered AP',
    subject Int64 COMMENT 'subject of the visit',
    from_ms Int64 COMMENT 'begins, inclusive',
    to_ms Int64 COMMENT 'ends, exclusive; the next stay\'s begin'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (visit_id, ordinal);

CREATE TABLE IF NOT EXISTS flap
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day of the visit',
    visit_id Int64 COMMENT 'its visit',
    from_ap LowCardinality(String) COMMENT 'AP of the row that gave the zone before the move',
    to_ap LowCardinality(String) COMMENT 'AP of the row that made the move',
    at_ms Int64 COMMENT 'instant of the move'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (visit_id, at_ms, from_ap, to_ap);

CREATE TABLE IF NOT EXISTS sighting
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    day Date COMMENT 'trading day of the run',
    run String COMMENT 'the load that wrote the row',
    at_ms Int64 COMMENT 'corrected event time',
    subject Int64 COMMENT 'pseudonym of the device: a day\'s (>= 0) or, from its consent on, a member device\'s (< 0)',
    ap LowCardinality(String) COMMENT 'access point, by its name in the registry; an unknown one as the log names it',
    kind Int8 COMMENT '0 left, 1 idle (left because silent), 2 joined, 3 seen',
    signal_dbm Nullable(Int16) COMMENT 'signal as the AP heard it',
    feed LowCardinality(String) COMMENT 'the feed of the line',
    file LowCardinality(String) COMMENT 'the raw file of the line, relative to the raw folder; a tar member as archive!member',
    line Int64 COMMENT 'its line in the file, from 1 (Parquet: its row)',
    visit_id Int64 COMMENT 'the visit in which it counts',
    site LowCardinality(String) COMMENT 'site of the AP at that instant',
    zone LowCardinality(String) COMMENT 'zone of the AP at that instant; `unknown` for an AP that the registry lacks'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (visit_id, at_ms, ap, kind);

CREATE TABLE IF NOT EXISTS zone_hour
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    level LowCardinality(String) COMMENT 'what the row is about',
    site LowCardinality(String) COMMENT 'site; empty for the district',
    zone LowCardinality(String) COMMENT 'zone; empty for site and district',
    hour_ms Int64 COMMENT 'begin of the hour',
    devices Int32 COMMENT 'distinct subjects present at any instant of the hour',
    presence_ms Int64 COMMENT 'their time there, summed',
    peak Int32 COMMENT 'most subjects there in one minute of the hour'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, level, site, zone, hour_ms);

CREATE TABLE IF NOT EXISTS ap_hour
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day',
    ap LowCardinality(String) COMMENT 'access point',
    site LowCardinality(String) COMMENT 'its site; `unknown` for an unregistered AP',
    zone LowCardinality(String) COMMENT 'its zone; `unknown` for an unregistered AP',
    hour_ms Int64 COMMENT 'begin of the hour',
    sightings Int64 COMMENT 'rows it reported, repeats not counted'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, ap, hour_ms);

CREATE TABLE IF NOT EXISTS ledger
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'trading day of the job',
    feed LowCardinality(String) COMMENT 'feed of the records',
    status LowCardinality(String) COMMENT 'how they ended',
    reason LowCardinality(String) COMMENT 'why, where a status has several reasons; empty else',
    records Int64 COMMENT 'how many'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, feed, status, reason);

CREATE TABLE IF NOT EXISTS rejected
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    day Date COMMENT 'trading day of the run',
    run String COMMENT 'the load that wrote the row',
    feed LowCardinality(String) COMMENT 'its feed',
    file LowCardinality(String) COMMENT 'its raw file, relative to the raw folder',
    line Int64 COMMENT 'its line, from 1',
    reason LowCardinality(String) COMMENT 'why'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (file, line, reason);

CREATE TABLE IF NOT EXISTS trigger
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    day Date COMMENT 'trading day of the run',
    run String COMMENT 'the load that wrote the row',
    campaign LowCardinality(String) COMMENT 'the campaign',
    merchant LowCardinality(String) COMMENT 'whose campaign it is',
    event LowCardinality(String) COMMENT 'what fired',
    subject Int64 COMMENT 'the member\'s device (< 0)',
    site LowCardinality(String) COMMENT 'site where it fired',
    zone LowCardinality(String) COMMENT 'zone where it fired',
    at_ms Int64 COMMENT 'the instant: of entering, or entering + N',
    visit_start_ms Int64 COMMENT 'start of the visit in which it fired'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (campaign, subject, visit_start_ms, site, zone);

CREATE TABLE IF NOT EXISTS profile
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'last trading day counted',
    member String COMMENT 'who',
    visits_7 Int32 COMMENT 'visits in the last 7 trading days',
    visits_30 Int32 COMMENT 'visits in the last 30 trading days',
    visits_90 Int32 COMMENT 'visits in the last 90 trading days',
    minutes_7 Int32 COMMENT 'minutes present in the last 7 trading days',
    minutes_30 Int32 COMMENT 'minutes present in the last 30 trading days',
    minutes_90 Int32 COMMENT 'minutes present in the last 90 trading days',
    days_since_seen Int32 COMMENT 'trading days since the last visit, 0 = on the snapshot day'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, member);

CREATE TABLE IF NOT EXISTS profile_zone
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'last trading day counted',
    member String COMMENT 'who',
    site LowCardinality(String) COMMENT 'site of the zone',
    zone LowCardinality(String) COMMENT 'leaf zone',
    minutes_7 Int32 COMMENT 'minutes there in the last 7 trading days',
    minutes_30 Int32 COMMENT 'minutes there in the last 30 trading days',
    minutes_90 Int32 COMMENT 'minutes there in the last 90 trading days',
    stays_30 Int32 COMMENT 'stays there in the last 30 trading days'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, member, zone);

CREATE TABLE IF NOT EXISTS audience_member
(
    district LowCardinality(String) COMMENT 'district of the run',
    definition LowCardinality(String) COMMENT 'definition of a visit that the run used, with its version',
    run String COMMENT 'the load that wrote the row',
    day Date COMMENT 'snapshot day of the profile',
    audience LowCardinality(String) COMMENT 'the audience\'s name',
    member String COMMENT 'who',
    hold_out Bool COMMENT 'kept back as control: in no export'
)
ENGINE = MergeTree PARTITION BY (district, day, definition, run) ORDER BY (day, audience, member);
