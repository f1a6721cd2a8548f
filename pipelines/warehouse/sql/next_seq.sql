-- the number that the next switch will carry
SELECT max(seq) + 1 AS seq
FROM pointer
