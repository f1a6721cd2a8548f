-- one migration is done
INSERT INTO migration (number, name, views)
SELECT {number:UInt32}, {name:String}, {views:String}
