"""The text of the simulated district's TOML files: settings, example campaigns, example audiences."""

DISTRICT = """\
# 海港商圈 Harbour District: a simulated district. Its logs come from `shangquan simulate`.

[district]
name = "harbour"
title = "海港商圈 Harbour District"
time_zone = "Asia/Shanghai"
day_start = "05:00"
registry = "aps.csv"
zones = "zones.csv"
merchants = "merchants.csv"

[[feeds]]                              # streets, bars and homes: hostapd in RFC 5424 syslog
name = "streets"
format = "hostapd"
glob = "streets/*.log*"
time_zone = "Asia/Shanghai"
lateness = "2h"
reports_leaving = true
idle = "5m"
ap_is = "host"

[[feeds]]                              # mall A: the same
name = "mall-a"
format = "hostapd"
glob = "mall-a/*.log*"
time_zone = "Asia/Shanghai"
lateness = "2h"
reports_leaving = true
idle = "5m"
ap_is = "host"

[[feeds]]                              # mall B: hostapd in RFC 3164 syslog, no year and local time
name = "mall-b"
format = "hostapd"
glob = "mall-b/*.log*"
time_zone = "Asia/Shanghai"
lateness = "2h"
reports_leaving = true
idle = "5m"
ap_is = "host"

[[feeds]]                              # mall C: locations by Meraki Scanning v3, nobody ever leaves
name = "mall-c"
format = "meraki-v3"
glob = "mall-c/*.json*"
time_zone = "Asia/Shanghai"
lateness = "2h"
reports_leaving = false

[[feeds]]                              # the market hall: the same
name = "market"
format = "meraki-v3"
glob = "market/*.json*"
time_zone = "Asia/Shanghai"
lateness = "2h"
reports_leaving = false

[[feeds]]                              # mall D: its controller's own CSV
name = "mall-d"
format = "csv"
glob = "mall-d/*.csv*"
time_zone = "Asia/Shanghai"
time_format = "iso"
lateness = "2h"
reports_leaving = true
idle = "5m"

[feeds.columns]
at = "time"
device = "client"
ap = "ap"
kind = "event"

[feeds.kinds]
join = "joined"
leave = "left"
idle = "idle"

[[definitions]]
name = "default"
version = 1
scope = "district"

[members]
members = "members.csv"
consents = "consents.csv"
consents_max_age = "36h"
device_days = 90

[members.portal]
glob = "portal/*.csv"
time_zone = "Asia/Shanghai"

[members.portal.columns]
at = "time"
device = "device"
member = "member"
ap = "ap"

[privacy]
key_ttl = "24h"
operator_k = 10
"""

# `{start}` and `{until}`: the first simulated day and the day after the last; `{merchant[ZONE]}`: whose zone that is
CAMPAIGNS = {
    "coffee-hello": """\
# Walk into the coffee shop on L1 of Harbour City: a welcome.
name = "coffee-hello"
merchant = "{merchant[mall-a-l1-coffee]}"
hold_out = 0.1
valid_from = {start}
valid_until = {until}

[trigger]
event = "enter"
zone = "mall-a-l1-coffee"
""",
    "jade-stay": """\
# Ten minutes in Jade Plaza's dining zone: a dessert coupon.
name = "jade-stay"
merchant = "{merchant[mall-b-l4-dining]}"
hold_out = 0.1
valid_from = {start}
valid_until = {until}

[trigger]
event = "stay"
zone = "mall-b-l4-dining"
minutes = 10
""",
    "market-enter": """\
# Enter the market hall: today's offers of the snack stand.
name = "market-enter"
merchant = "{merchant[market-hall-south-snacks]}"
hold_out = 0.1
valid_from = {start}
valid_until = {until}

[trigger]
event = "enter"
site = "market-hall"
""",
}

AUDIENCES = {
    "regulars": """\
# Came twice in thirty days and spent twenty minutes at the coffee shop on L1 of Harbour City.
name = "regulars"
merchant = "{merchant[mall-a-l1-coffee]}"
where = "visits_30 >= 2 and minutes_in('mall-a-l1-coffee', 30) >= 20"
hold_out = 0.1
""",
    "district-fans": """\
# Four visits in thirty days: the district's own newsletter.
name = "district-fans"
where = "visits_30 >= 4"
hold_out = 0.1
""",
}
