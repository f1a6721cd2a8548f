-- one district's members leave a table that holds them for a run
ALTER TABLE {table:Identifier}
DELETE WHERE district = {district:String}
