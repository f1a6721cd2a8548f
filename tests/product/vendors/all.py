"""Every vendor of the town: what it tells, how finely, and by how much its clock is wrong."""

from tests.product.vendors import bodies, gateways, sessions, syslog
from tests.product.vendors.town import Vendor

SECONDS, MILLIS = {"": 1000}, {"": 1}
LINKS = {"joined": "joined", "left": "left"}
LEASES = {"joined": "joined", "idle": "idle"}
FULL = LINKS | LEASES
ALL = {**FULL, "seen": "seen"}
HEARD = {"joined": "seen", "seen": "seen"}
HALF = {"": 1000, "joined": 1}  # joins to the millisecond, leaves to the second
AP_1, AP_2 = (tuple(f"{name}-{ap}" for ap in range(3)) for name in ("hostapd-3164", "mikrotik"))
CALLED = 'ap_is = "called-station"\n'
CST = 'zone_names = {CST = "Asia/Shanghai"}\n'
KINDS = '[feeds.kinds]\njoined = "joined"\nseen = "seen"\nleft = "left"\nidle = "idle"\n'
COLUMNS = 'time_format = "epoch_ms"\n[feeds.columns]\nat = "seen.epoch"\ndevice = "client.mac"\nkind = "kind"\n' + KINDS

_SYSLOG = (
    Vendor("hostapd-3164", "hostapd", syslog.hostapd_3164, FULL, SECONDS, behind_s=37, declared=AP_1),
    Vendor("hostapd-5424", "hostapd", syslog.hostapd_5424, FULL, MILLIS),
    Vendor("aruba", "aruba", syslog.aruba, FULL, HALF),
    Vendor("cisco-ios", "cisco-ios", syslog.cisco_ios, FULL, MILLIS, behind_s=-21),
    Vendor("cisco-wlc", "cisco-wlc", syslog.cisco_wlc, {**LINKS, "seen": "seen"}, MILLIS, behind_s=-8, declared=("",)),
    Vendor("h3c", "h3c", syslog.h3c, FULL, MILLIS, behind_s=94),
    Vendor("huawei", "huawei", syslog.huawei, FULL, SECONDS, behind_s=-66),
    Vendor("ruijie", "ruijie", syslog.ruijie, LINKS, SECONDS, behind_s=10, encoding="gb18030"),
    Vendor("mikrotik", "mikrotik", syslog.mikrotik, FULL, SECONDS, behind_s=300, declared=AP_2),
    Vendor("ubiquiti", "ubiquiti", syslog.ubiquiti, FULL, SECONDS, named=False),
    Vendor("omada", "omada", syslog.omada, LINKS, SECONDS, behind_s=-120, declared=("oc-1",), named=False),
)
_BODIES = (
    Vendor("meraki-v2", "meraki-v2", bodies.meraki_v2, HEARD, SECONDS, named=False),
    Vendor("meraki-v3", "meraki-v3", bodies.meraki_v3, HEARD, SECONDS, named=False),
    Vendor("aruba-ale", "aruba-ale", bodies.aruba_ale, HEARD, SECONDS),
    Vendor("mist", "mist", bodies.mist, FULL, SECONDS, named=False),
    Vendor("mist-location", "mist-location", bodies.mist_location, {**LINKS, "seen": "seen"}, SECONDS),
    Vendor("unifi", "unifi", bodies.unifi, LINKS, MILLIS, named=False),
    Vendor("unifi-log", "unifi-log", bodies.unifi_log, LINKS, MILLIS, named=False),
    Vendor("cisco-firehose", "cisco-firehose", bodies.cisco_firehose, ALL, MILLIS),
    Vendor("cisco-cmx", "cisco-cmx", bodies.cisco_cmx, ALL, MILLIS, named=False),
    Vendor("jsonl", "jsonl", bodies.jsonl, ALL, MILLIS, settings=COLUMNS),
)
_SESSIONS = (
    Vendor(
        "freeradius",
        "freeradius",
        sessions.freeradius,
        {**FULL, "seen": "joined"},
        SECONDS,
        behind_s=67,
        named=False,
        settings=CALLED + CST,
    ),
    Vendor(
        "radacct",
        "radacct",
        sessions.radacct,
        FULL,
        SECONDS,
        named=False,
        head=sessions.RADACCT_HEAD,
        settings=CALLED,
    ),
)
_GATEWAYS = (
    Vendor("wifidog", "wifidog", gateways.wifidog, {**LINKS, "seen": "joined"}, SECONDS),
    Vendor("coovachilli", "coovachilli", gateways.coovachilli, LEASES, SECONDS),
    Vendor("nodogsplash", "nodogsplash", gateways.nodogsplash, LEASES, SECONDS, after_ms=1),
)
_LISTENERS = (
    Vendor("airodump", "airodump", gateways.airodump, HEARD, SECONDS, head=gateways.AIRODUMP_HEAD),
    Vendor("capture", "capture", gateways.capture, ALL, MILLIS, named=False, head=gateways.PCAP_HEAD),
)
VENDORS = (*_SYSLOG, *_BODIES, *_SESSIONS, *_GATEWAYS, *_LISTENERS)
