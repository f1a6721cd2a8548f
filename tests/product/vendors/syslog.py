"""Tellings as lines of syslog: hostapd in both framings, access points and controllers that name the AP in words."""

from tests.product.vendors.town import Told, clock


def bsd(at_ms: int, year: str = "") -> str:
    """`Nov 21 09:00:01`, with the year behind it if asked."""
    return f"{clock(at_ms):%b %e %H:%M:%S{year}}"


def iso(at_ms: int) -> str:
    return clock(at_ms).isoformat(timespec="milliseconds")


def millis(at_ms: int, mark: str = ".") -> str:
    return f"{bsd(at_ms)}{mark}{at_ms % 1000:03}"


def dotted(mac: str, mark: str = ".") -> str:
    """`0200.0000.0001`"""
    digits = mac.replace(":", "")
    return mark.join((digits[:4], digits[4:8], digits[8:]))


def hyphened(mac: str) -> str:
    return mac.replace(":", "-")


HOSTAPD = {
    "joined": "AP-STA-CONNECTED {}",
    "left": "AP-STA-DISCONNECTED {}",
    "idle": "STA {} IEEE 802.11: disassociated due to inactivity",
}


def hostapd_3164(one: Told) -> str:
    """A join is told twice, as an AP with keys does, in one second."""
    head = f"<30>{bsd(one.said_ms)} {one.ap} hostapd: wlan0: "
    open_join = f"{head}STA {one.device} IEEE 802.11: associated (aid 1)\n" if one.kind == "joined" else ""
    return f"{open_join}{head}{HOSTAPD[one.kind].format(one.device)}\n"


def hostapd_5424(one: Told) -> str:
    return f"<30>1 {iso(one.said_ms)} {one.ap} hostapd 812 - - wlan0: {HOSTAPD[one.kind].format(one.device)}\n"


def aruba(one: Told) -> str:
    """The AP and the controller both tell a join."""
    where = f"AP 10.0.0.9-{one.bssid}-{one.ap}"
    frames = (
        f"10.0.0.9 stm[279]: {{}} <NOTI> |AP {one.ap}@10.0.0.9 stm|  ",
        "md-3 stm[300]: {} <NOTI> <md-3 10.0.0.2>  ",
    )
    if one.kind == "joined":
        at = f"{clock(one.clock_ms):%H:%M:%S}.{one.clock_ms % 1000:03}000"
        text = f"Assoc success @ {at}: {one.device}: {where}\n"
        return "".join(f"{bsd(one.clock_ms)} {frame.format('<501100>')}{text}" for frame in frames)
    reason = "Reason STA has left" if one.kind == "left" else "Reason Sapcp Ageout"
    return f"{bsd(one.said_ms)} {frames[0].format('<501105>')}Deauth from sta: {one.device}: {where} {reason}\n"


def cisco_ios(one: Told) -> str:
    client = dotted(one.device)
    text = {
        "joined": f"ASSOC: Interface Dot11Radio0, Station {client} Associated KEY_MGMT[NONE]",
        "left": f"DISASSOC: Interface Dot11Radio0, Deauthenticating Station {client} Reason: Sending station has left",
        "idle": f"DISASSOC: Interface Dot11Radio0, Deauthenticating Station {client} Reason: due to inactivity",
    }[one.kind]
    return f"{iso(one.received_ms)} {one.ap} 11602: {millis(one.said_ms)}: %DOT11-6-{text}\n"


def cisco_wlc(one: Told) -> str:
    message, text = {
        "joined": ("CLIENT_MOVED_TO_RUN_STATE", "associated to"),
        "seen": ("CLIENT_IP_UPDATED", "IP address updated, associated to"),
        "left": ("CLIENT_MOVED_TO_DELETE_STATE", "disconnected from"),
    }[one.kind]
    return (
        f"<191>2014: {millis(one.said_ms)}: %CLIENT_ORCH_LOG-7-{message}: Chassis 1 R0/0: wncd: Username (null), "
        f"MAC: {dotted(one.device)}, IP 10.9.0.4 {text} AP ({one.ap}) with SSID (mall)\n"
    )


def h3c(one: Told) -> str:
    client, bss = dotted(one.device, "-"), dotted(one.bssid, "-")
    if one.kind == "joined" and one.from_ap:
        old = f"from BSSID {dotted(one.from_ap.bssid, '-')} on AP {one.from_ap.ap} of AC IP 192.0.2.1"
        text = (
            f"ROAM_SUCCESS: Client {client} roamed {old} to BSSID {bss} on AP {one.ap} of AC IP 192.0.2.1 successfully."
        )
    elif one.kind == "joined":
        text = f"CLIENT_ONLINE: Client {client} went online from BSS {bss} with SSID mall on AP {one.ap}. "
        text += "State changed to Run."
    else:
        reason = "Idle timeout" if one.kind == "idle" else "User request"
        text = f"CLIENT_OFFLINE: Client {client} went offline from BSS {bss} with SSID mall on AP {one.ap}. "
        text += f"State changed to Unauth. Reason: {reason}"
    stamp = f"{millis(one.said_ms, ':')} {clock(one.said_ms):%Y}"
    return f"{iso(one.received_ms)} 192.0.2.1 <190>{stamp} AC-H3C %%10STAMGR/6/STAMGR_{text}\n"


def huawei(one: Told) -> str:
    """A refusal of the same device stands before each join, in the same words."""
    stamp = f"{clock(one.said_ms):%b %d %Y %H:%M:%S}+08:00"
    who = f"APNAME:{one.ap};USER:-;MAC:{hyphened(one.device)};TIME:{one.said_ms // 1000}"
    good = f"{who};ERRCODE:0;RESULT:Success;"
    bad = f"{who};ERRCODE:66543;RESULT:FailType is AC code, refused by repeat association;"
    texts = {
        "joined": ["WLAN_LOG_USER(l)[1]:[WLAN_STA_INFO_AP_ASSOCIATE]" + text for text in (bad, good)],
        "left": [f"USER_OFFLINERESULT(s)[1]:[WLAN_STA_INFO_OFFLINE]{who};ERRCODE:87;RESULT:User request to offline;"],
        "idle": [f"USER_OFFLINERESULT(s)[1]:[WLAN_STA_INFO_OFFLINE]{who};ERRCODE:29;RESULT:Idle cut;"],
    }[one.kind]
    return "".join(f"{iso(one.received_ms)} 192.0.2.1 <188>{stamp} AC1 %%01WLAN/3/{text}\n" for text in texts)


def ruijie(one: Told) -> str:
    client = f"Client({dotted(one.device)})"
    text = f"STA_DEL: {client} notify: leave AP ({one.ap})."
    if one.kind == "joined":
        text = f"STA_ADD: {client} notify: attach to AP ({one.ap})."
    if one.kind == "joined" and one.from_ap:
        text = f"STA_CHANGE: (*2) {client} move from AP({one.from_ap.ap}) radio 7 to AP({one.ap}) radio 5."
    return f"{bsd(one.received_ms)} 172.16.0.30 2231: *{bsd(one.said_ms)}: AC-7 %APMG-6-{text}#015\r\n"


def mikrotik(one: Told) -> str:
    text = {
        "joined": "connected, signal strength -60",
        "left": "disconnected, received deauth: sending station leaving (3), signal strength -88",
        "idle": "disconnected, extensive data loss, signal strength -71",
    }[one.kind]
    return f"<30>{bsd(one.said_ms)} {one.ap} wireless,info {one.device.upper()}@wlan1: {text}\n"


def ubiquiti(one: Told) -> str:
    address = one.bssid.replace(":", "")
    if one.kind == "idle":
        text = f"{address},U7-Lite-8.6.11+18870: hostapd: wifi0ap5: {HOSTAPD['idle'].format(one.device)}"
        return f"<30>{bsd(one.said_ms)} {one.ap} {text}\n"
    event = "EVENT_STA_JOIN" if one.kind == "joined" else "EVENT_STA_LEAVE"
    firmware = f'("U7LT,{address},v3.7.21.5389") libubnt[1441]'
    return f"<14>{bsd(one.said_ms)} {one.ap} {firmware}: wevent.ubnt_custom_event(): {event} ath0: {one.device} / 3\n"


def omada(one: Told) -> str:
    client = f"[client:phone:{hyphened(one.device).upper()}]"
    ap = f"[ap:{one.ap}:{hyphened(one.bssid).upper()}]"
    text = f'is disconnected from SSID "mall" on {ap} (5h25m connected, 294.93MB).'
    if one.kind == "joined":
        text = f'is connected to {ap} with SSID "mall" on channel 1.'
    if one.kind == "joined" and one.from_ap:
        old = f"[ap:{one.from_ap.ap}:{hyphened(one.from_ap.bssid).upper()}]"
        text = f"is roaming from {old}[Channel 36] to {ap}[Channel 1] with SSID mall"
    return f"{iso(one.received_ms)} oc-1  {clock(one.said_ms):%Y-%m-%d %H:%M:%S} Mall - - - {client} {text}\n"
