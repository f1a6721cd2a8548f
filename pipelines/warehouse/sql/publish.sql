-- the switch: one block, so that all layers move at once
INSERT INTO pointer (district, day, definition, layer, run, seq)
SELECT
    {district:String},
    {day:Date},
    {definition:String},
    arrayJoin({layers:Array(String)}),
    {run:String},
    (SELECT max(seq) + 1 FROM pointer)
