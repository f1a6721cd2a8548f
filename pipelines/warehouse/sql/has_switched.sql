-- how many times a day was made visible
SELECT count() AS switches
FROM pointer
