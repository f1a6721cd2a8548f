-- the visible run of every district, day, definition and layer
CREATE OR REPLACE VIEW published AS
SELECT district, day, definition, layer, argMax(run, seq) AS run, max(seq) AS last_seq
FROM pointer
GROUP BY district, day, definition, layer
