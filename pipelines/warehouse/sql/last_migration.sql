-- the newest migration that was done, and the views made with it; number 0: none
SELECT max(migration.number) AS newest, argMax(migration.views, (migration.number, migration.at, migration.views)) AS mark
FROM migration
