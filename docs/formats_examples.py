"""Invented lines of each format, with how their feed is declared: what docs/reference/formats.md shows."""

from ingest.feed import Feed

ADDRESS = "02:00:00:00:00:01"

EXAMPLES: dict[str, tuple[Feed, str]] = {
    "aruba-ale": (
        Feed("mall-e", "aruba-ale", reports_leaving=False),
        '{"Presence_result":[{"msg":{"sta_eth_mac":{"addr":"020000000001"},"associated":true,"ap_name":"door",'
        '"radio_mac":{"addr":"02000000FF01"}},"ts":1795222801}]}\n'
        '{"Station_result":[{"msg":{"sta_eth_mac":{"addr":"020000000001"},"bssid":{"addr":"02000000FF02"}},'
        '"ts":1795222861}]}\n',
    ),
    "mist": (
        Feed("campus", "mist", idle_s=300),
        '{"topic":"client-join","events":[{"mac":"020000000001","ap":"02000000ff01","connect":1795222801,"rssi":-51}]}\n'
        '{"topic":"client-sessions","events":[{"mac":"020000000001","ap":"02000000ff01","connect":1795222801,'
        '"disconnect":1795223401,"termination_reason":3,"next_ap":"02000000ff02","rssi":-70}]}\n'
        '{"topic":"client-sessions","events":[{"mac":"020000000001","ap":"02000000ff02","connect":1795223402,'
        '"disconnect":1795224900,"termination_reason":2,"next_ap":"000000000000","rssi":-66}]}\n',
    ),
    "csv": (
        Feed(
            "mall-d",
            "csv",
            time_zone="Asia/Shanghai",
            columns={"at": "time", "device": "client", "ap": "ap", "kind": "event"},
            kinds={"join": "joined", "leave": "left"},
        ),
        f"time,ap,client,event\n2026-11-21 09:00:01,door,{ADDRESS},join\n2026-11-21 09:30:00,door,{ADDRESS},leave\n"
        f"yesterday,door,{ADDRESS},join\n",
    ),
    "jsonl": (
        Feed("cloud", "jsonl", columns={"at": "ts", "device": "client.mac", "ap": "ap"}, time_format="epoch_s"),
        f'{{"ts": 1795224601, "client": {{"mac": "{ADDRESS}"}}, "ap": "door"}}\n',
    ),
    "hostapd": (
        Feed("streets", "hostapd", time_zone="Asia/Shanghai", idle_s=300),
        f"<30>Nov 21 09:00:01 door hostapd: wlan0: STA {ADDRESS} IEEE 802.11: authenticated\n"
        f"<30>Nov 21 09:00:01 door hostapd: wlan0: STA {ADDRESS} IEEE 802.11: associated (aid 1)\n"
        f"<30>1 2026-11-21T09:30:00+08:00 door hostapd 812 - - wlan0: STA {ADDRESS} IEEE 802.11: "
        "disassociated due to inactivity\n",
    ),
    "aruba": (
        Feed("mall-f", "aruba", time_zone="Asia/Shanghai"),
        "Nov 21 09:00:01 10.0.0.9 stm[2793]:  <501100> <NOTI> |AP door@10.0.0.9 stm|  Assoc success @ 09:00:01.804189: "
        f"{ADDRESS}: AP 10.0.0.9-02:00:00:00:ff:01-door\n"
        f"Nov 21 09:30:00 md-3 stm[30085]: <501080> <30085> <NOTI> <md-3 10.0.0.2>  Deauth to sta: {ADDRESS}: "
        "Ageout AP 10.0.0.9-02:00:00:00:ff:01-door STA has roamed to another AP\n"
        f"Nov 21 09:40:00 10.0.0.8 stm[2764]:  <501105> <NOTI> |AP toys@10.0.0.8 stm|  Deauth from sta: {ADDRESS}: "
        "AP 10.0.0.8-02:00:00:00:ff:02-toys Reason STA has left\n",
    ),
    "h3c": (
        Feed("mall-g", "h3c", time_zone="Asia/Shanghai", idle_s=300),
        "%Nov 21 09:00:01:924 2026 AC-1 STAMGR/6/STAMGR_CLIENT_ONLINE: Client 0200-0000-0001 went online from BSS "
        "0200-00ff-0101 with SSID mall on AP door 1. State changed to Run.\n"
        "2026-11-21T01:20:00.000Z AC-1 %%10STAMGR/6/STAMGR_ROAM_SUCCESS: Client 0200-0000-0001 roamed from BSSID "
        "0200-00ff-0101 on AP door 1 of AC IP 192.0.2.1 to BSSID 0200-00ff-0201 on AP toys of AC IP 192.0.2.1 "
        "successfully.\n"
        "<190>Nov 21 09:35:00:111 2026 AC-1 %%10STAMGR/6/STAMGR_CLIENT_OFFLINE: Client 0200-0000-0001 went offline "
        "from BSS 0200-00ff-0201 with SSID mall on AP toys. State changed to Unauth. Reason: Idle timeout\n",
    ),
    "huawei": (
        Feed("mall-h", "huawei", time_zone="Asia/Shanghai"),
        "Nov 21 2026 09:00:02+08:00 AC-1 %%01WLAN/3/WLAN_LOG_USER(l)[26]:[WLAN_STA_INFO_AP_ASSOCIATE]APNAME:door;"
        "USER:020000000001;MAC:02-00-00-00-00-01;TIME:1795222801;ERRCODE:0;RESULT:Success;\n"
        "Nov 21 2026 09:00:03+08:00 AC-1 %%01WLAN/3/WLAN_LOG_USER(l)[27]:[WLAN_STA_INFO_AP_ASSOCIATE]APNAME:door;"
        "USER:020000000001;MAC:02-00-00-00-00-01;TIME:1795222803;ERRCODE:66543;RESULT:FailType is AC code, refused "
        "by repeat association;\n"
        "Nov 21 2026 09:30:00+08:00 AC-1 WSTA/6/WLAN_LOG_STA_ONLINEFAIL_OR_OFFLINE_INFO:[WLAN_STA_OFFLINE_INFO]"
        "STAMAC:0200-0000-0001;APNAME:door;OfflineReason:The STA goes offline properly;\n",
    ),
    "ruijie": (
        Feed("mall-i", "ruijie", time_zone="Asia/Shanghai"),
        "Nov 21 09:00:11 192.0.2.1 2231: *Nov 21 09:00:01: AC-2 %APMG-6-STA_ADD: Client(0200.0000.0001) notify: "
        "attach to AP (door 1).\n"
        "Nov 21 09:10:10 192.0.2.1 2232: *Nov 21 09:10:00: AC-2 %APMG-6-STA_CHANGE: Client(0200.0000.0001) move from "
        "AP(door 1) radio 1 to AP(door 1) radio 2.\n"
        "Nov 21 09:20:10 192.0.2.1 2233: *Nov 21 09:20:00: AC-2 %APMG-6-STA_CHANGE: (*2) Client(0200.0000.0001) move "
        "from AP(door 1) radio 2 to AP(toys) radio 2.\n",
    ),
    "cisco-wlc": (
        Feed("mall-g", "cisco-wlc", time_zone="Asia/Shanghai"),
        "<191>201478: Nov 21 09:00:01.866: %CLIENT_ORCH_LOG-7-CLIENT_MOVED_TO_RUN_STATE: Chassis 1 R0/0: wncd: "
        "Username (null), MAC: 0200.0000.0001, IP 10.9.0.4 associated to AP (door) with SSID (mall)\n"
        "<190>201479: Nov 21 09:00:01.866: %CLIENT_ORCH_LOG-6-CLIENT_ADDED_TO_RUN_STATE: Chassis 1 R0/0: wncd: "
        "Username entry (guest) joined with ssid (mall) for device with MAC: 0200.0000.0001\n"
        "<191>201483: Nov 21 2026 01:12:06.866 UTC: %CLIENT_ORCH_LOG-7-CLIENT_MOVED_TO_DELETE_STATE: Chassis 1 R0/0: "
        "wncd: Username (null), MAC: 0200.0000.0001, IP 10.9.0.5 disconnected from AP (door) with SSID (mall)\n",
    ),
    "cisco-ios": (
        Feed("mall-h", "cisco-ios", time_zone="Asia/Shanghai"),
        "Nov 21 09:00:02 door 11601: Nov 21 09:00:01.900: %DOT11-6-ASSOC: Interface Dot11Radio0, Station "
        "0200.0000.0001 Associated KEY_MGMT[NONE]\n"
        "Nov 21 09:20:01 door 11605: .Nov 21 09:20:00.123: %DOT11-6-DISASSOC: Interface Dot11Radio0, Deauthenticating "
        "Station 0200.0000.0001 Reason: Sending station has left the BSS\n",
    ),
    "mikrotik": (
        Feed("cafe", "mikrotik", time_zone="Asia/Shanghai", ap_is="host/interface", idle_s=30),
        f"<30>Nov 21 09:00:01 router wireless,info {ADDRESS}@wlan1: connected, signal strength -60\n"
        f"<30>Nov 21 09:10:00 router wireless,info {ADDRESS}@wlan1 roamed to {ADDRESS}@wlan2, signal strength -66\n"
        f"<30>Nov 21 09:30:30 router wireless,info {ADDRESS}@wlan2: disconnected, extensive data loss\n",
    ),
    "ubiquiti": (
        Feed("hotel", "ubiquiti", time_zone="Asia/Shanghai"),
        '<14>Nov 21 09:00:01 door ("U7LT,02000000ff01,v3.7.21.5389") libubnt[1441]: wevent.ubnt_custom_event(): '
        f"EVENT_STA_JOIN ath0: {ADDRESS} / 3\n"
        "<30>Nov 21 09:12:00 toys 02000000ff02,U7-Lite-8.6.11+18870: hostapd: wifi0ap5: "
        f"STA {ADDRESS} IEEE 802.11: associated\n",
    ),
    "meraki-v2": (
        Feed("mall-b", "meraki-v2", reports_leaving=False),
        '{"version":"2.1","type":"DevicesSeen","data":{"apMac":"02:00:00:00:ff:01","observations":[{"clientMac":"'
        + ADDRESS
        + '","seenTime":"2026-11-21T01:00:01Z","seenEpoch":1795222801,"rssi":47}]}}\n',
    ),
    "airodump": (
        Feed("door", "airodump", time_zone="Asia/Shanghai"),
        "Station MAC, First time seen, Last time seen, Power, # packets, BSSID, Probed ESSIDs\n"
        f"{ADDRESS}, 2026-11-21 09:00:01, 2026-11-21 09:20:00, -61,       40, (not associated) ,\n",
    ),
    "meraki-v3": (
        Feed("mall-c", "meraki-v3", reports_leaving=False),
        '{"version":"3.0","type":"WiFi","data":{"networkId":"L_1","observations":[{"clientMac":"' + ADDRESS + '",'
        '"locations":[],"latestRecord":{"time":"2026-11-21T01:00:01Z","nearestApMac":"02:00:00:00:ff:01",'
        '"nearestApRssi":"-48"}}]}}\n',
    ),
    "freeradius": (
        Feed("hotspots", "freeradius", time_zone="Asia/Shanghai", ap_is="called-station", idle_s=300),
        'Sat Nov 21 09:00:02 2026\n\tAcct-Status-Type = Start\n\tUser-Name = "an account"\n'
        '\tCalling-Station-Id = "02-00-00-00-00-01"\n\tCalled-Station-Id = "02-00-00-00-FF-01:mall"\n'
        '\tNAS-IP-Address = 192.0.2.1\n\tEvent-Timestamp = "Nov 21 2026 09:00:01 CST"\n'
        "\tAcct-Delay-Time = 0\n\tTimestamp = 1795222802\n\n"
        "Sat Nov 21 09:35:01 2026\n\tAcct-Status-Type = Stop\n\tAcct-Terminate-Cause = Idle-Timeout\n"
        '\tCalling-Station-Id = "02-00-00-00-00-01"\n\tCalled-Station-Id = "02-00-00-00-FF-01:mall"\n'
        '\tNAS-IP-Address = 192.0.2.1\n\tEvent-Timestamp = "Nov 21 2026 09:35:00 CST"\n'
        "\tAcct-Session-Time = 2099\n\tAcct-Delay-Time = 0\n\tTimestamp = 1795224901\n\n"
        "Sat Nov 21 10:00:00 2026\n\tAcct-Status-Type = Accounting-On\n\tNAS-IP-Address = 192.0.2.1\n"
        "\tTimestamp = 1795226400\n\n",
    ),
    "radacct": (
        Feed("hotspots-sql", "radacct", time_zone="Asia/Shanghai", ap_is="called-station"),
        "acctstarttime,acctupdatetime,acctstoptime,calledstationid,callingstationid,nasipaddress,acctterminatecause\n"
        "2026-11-21 09:00:01,,2026-11-21 09:35:00,02-00-00-00-FF-01:mall,02-00-00-00-00-01,192.0.2.1,User-Request\n"
        "2026-11-21 11:00:00,2026-11-21 11:20:00,,02-00-00-00-FF-01:mall,02-00-00-00-00-01,192.0.2.1,\n",
    ),
    "unifi": (
        Feed("hotel", "unifi"),
        '{"key":"EVT_WU_Connected","user":"' + ADDRESS + '","ap":"02:00:00:00:ff:01","time":1795222801000}\n'
        '{"key":"EVT_WU_RoamRadio","user":"' + ADDRESS + '","ap":"02:00:00:00:ff:01","time":1795222900000}\n'
        '{"key":"EVT_WU_Roam","user":"' + ADDRESS + '","ap_from":"02:00:00:00:ff:01","ap_to":"02:00:00:00:ff:02",'
        '"time":1795223101000}\n',
    ),
    "unifi-log": (
        Feed("campus-b", "unifi-log"),
        '{"key":"CLIENT_ROAMED_2","timestamp":1795222801000,"parameters":{"CLIENT":{"id":"' + ADDRESS + '"},'
        '"DEVICE_FROM":{"id":"02:00:00:00:ff:01"},"DEVICE_TO":{"id":"02:00:00:00:ff:02"},'
        '"SIGNAL_STRENGTH":{"name":"-58"}}}\n',
    ),
    "cisco-firehose": (
        Feed("mall-f", "cisco-firehose", idle_s=600),
        '{"eventType":"DEVICE_LOCATION_UPDATE","deviceLocationUpdate":{"device":{"macAddress":"' + ADDRESS + '"},'
        '"location":{"locationId":"location-5"},"lastSeen":1795222801000}}\n'
        '{"eventType":"DEVICE_EXIT","deviceExit":{"device":{"macAddress":"' + ADDRESS + '"},"location":{"locationId":'
        '"location-5"},"entryTimestamp":1795222800000,"visitDurationMinutes":20}}\n',
    ),
    "cisco-cmx": (
        Feed("mall-g", "cisco-cmx"),
        '{"notifications":[{"notificationType":"locationupdate","entity":"WIRELESS_CLIENTS","deviceId":"'
        + ADDRESS
        + '","apMacAddress":"02:00:00:00:ff:01","associated":true,"lastSeen":"2026-11-21 01:00:01.819+0000",'
        '"timestamp":1795222805000}]}\n',
    ),
    "mist-location": (
        Feed("campus-c", "mist-location"),
        '{"topic":"zone","events":[{"mac":"020000000001","type":"wifi","trigger":"enter","zone_id":"zone-5",'
        '"timestamp":1795222801}]}\n'
        '{"topic":"location_unclient","events":[{"mac":"020000000001","type":"wifi","map_id":"map-5",'
        '"timestamp":1795222861}]}\n',
    ),
    "omada": (
        Feed("mall-j", "omada", time_zone="Asia/Shanghai"),
        "2026-11-21T01:00:05Z oc-1  2026-11-21 09:00:01 Mall - - - [client:phone:02-00-00-00-00-01] is connected to "
        '[ap:door:02-00-00-00-FF-01] with SSID "mall" on channel 1.\n'
        "2026-11-21T01:06:34Z oc-1  2026-11-21 09:05:00 Mall - - - [client:phone:02-00-00-00-00-01] is roaming from "
        "[ap:door:02-00-00-00-FF-01][Channel 36] to [ap:toys:02-00-00-00-FF-02][Channel 1] with SSID mall\n",
    ),
    "coovachilli": (
        Feed("cafes-b", "coovachilli", time_zone="Asia/Shanghai", idle_s=600),
        "Nov 21 09:00:01 cafe-1 coova-chilli[1237]: chilli.c: 3676: Client MAC=02-00-00-00-00-01 assigned IP 10.1.0.3\n"
        "Nov 21 09:31:17 cafe-1 coova-chilli[1237]: chilli.c: 3887: DHCP Released MAC=02-00-00-00-00-01 IP=10.1.0.3\n",
    ),
    "nodogsplash": (
        Feed("cafes-c", "nodogsplash", time_zone="Asia/Shanghai"),
        f"Nov 21 09:00:01 cafe-1 nodogsplash[812]: Adding 10.1.0.3 {ADDRESS} token 1f to client list\n"
        f"Nov 21 09:41:00 cafe-1 nodogsplash[812]: Timeout preauthenticated idle user: 10.1.0.3 {ADDRESS}, inactive: "
        "600s, in: 4kB, out: 2kB\n",
    ),
    "wifidog": (
        Feed("cafes", "wifidog"),
        f'192.0.2.9 - - [21/Nov/2026:09:00:01 +0800] "GET /auth/?stage=counters&mac={ADDRESS}&gw_id=door HTTP/1.1" '
        '200 7 "-" "WiFiDog 1.3.0"\n',
    ),
}
