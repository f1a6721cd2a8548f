-- one run of one day leaves one table
ALTER TABLE {table:Identifier}
DROP PARTITION ({district:String}, {day:Date}, {definition:String}, {run:String})
