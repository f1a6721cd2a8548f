-- the visible runs of a period's days, and the limits by which each day's sums were counted
SELECT published.day AS day, published.run AS run, place_day.limits AS limits
FROM published
LEFT JOIN place_day ON place_day.district = published.district AND place_day.day = published.day
    AND place_day.definition = published.definition AND place_day.run = published.run AND place_day.level = 'district'
WHERE published.district = {district:String} AND published.definition = {definition:String}
    AND published.layer = 'facts' AND published.day BETWEEN {from:Date} AND {until:Date}
ORDER BY day
