-- every table's and view's columns, in order
SELECT table, name, type
FROM system.columns
WHERE database = currentDatabase()
ORDER BY table, position
