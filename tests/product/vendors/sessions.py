"""Tellings as sessions of RADIUS: `detail` records, and rows of the table radacct."""

from tests.product.vendors.syslog import hyphened
from tests.product.vendors.town import Told, clock

RADACCT_HEAD = (
    b"acctstarttime,acctupdatetime,acctstoptime,calledstationid,callingstationid,nasipaddress,acctterminatecause\n"
)


def freeradius(one: Told) -> str:
    """A record whose Event-Timestamp is the NAS's clock, Timestamp the server's; what came late says by how much."""
    at, delay = f"{clock(one.said_ms):%b %d %Y %H:%M:%S} CST", 5
    status = {"joined": "Start", "seen": "Interim-Update"}.get(one.kind, "Stop")
    more = {}
    if status == "Stop":
        more["Acct-Terminate-Cause"] = "Idle-Timeout" if one.kind == "idle" else "User-Request"
        more["Acct-Session-Time"] = str((one.said_ms - one.since_ms) // 1000)
    fields = {
        "Acct-Status-Type": status,
        "Calling-Station-Id": f'"{hyphened(one.device).upper()}"',
        "Called-Station-Id": f'"{hyphened(one.bssid).upper()}:mall"',
        "NAS-IP-Address": "192.0.2.14",
        "Event-Timestamp": f'"{at}"',
        "Acct-Delay-Time": str(delay),
        "Timestamp": str(one.received_ms // 1000 + delay),
        **more,
    }
    header = f"{clock(one.received_ms):%a %b %e %H:%M:%S %Y}\n"
    return header + "".join(f"\t{name} = {value}\n" for name, value in fields.items()) + "\n"


def radacct(one: Told) -> str:
    """The row of a session as it is while it is open, and when it has ended."""
    start = f"{clock(one.since_ms):%Y-%m-%d %H:%M:%S}"
    stop = "" if one.kind == "joined" else f"{clock(one.said_ms):%Y-%m-%d %H:%M:%S}"
    cause = {"joined": "", "left": "User-Request", "idle": "Idle-Timeout"}[one.kind]
    called, calling = hyphened(one.bssid).upper() + ":mall", hyphened(one.device).upper()
    return f"{start},,{stop},{called},{calling},192.0.2.14,{cause}\n"
