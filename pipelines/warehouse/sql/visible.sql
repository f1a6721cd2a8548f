-- the rows of the visible runs of one table
CREATE OR REPLACE VIEW visible_$table AS
SELECT * EXCEPT (run)
FROM $table
WHERE (district, day, definition, run) IN
(
    SELECT district, day, definition, run
    FROM published
    WHERE layer = '$layer'
)
