"""The words: every table once, and the errors. Arrow, ClickHouse, Spark, GX and docs are derived from it."""

from schemas.ap_hour import AP_HOUR, LIFE_SIGN, USUAL_HOUR
from schemas.audience import AUDIENCE_MEMBER, EXPORT_ROW, EXPORT_TOKEN
from schemas.clock_offset import CLOCK_EVENT, CLOCK_OFFSET, CLOCK_PAIR, CLOCK_SAMPLE
from schemas.column import Column, Table
from schemas.device import DEVICE
from schemas.errors import ConfigError, GateError, InputError, PrivacyError, ShangquanError, SinkError
from schemas.feed_hour import FEED_HOUR
from schemas.flap import FLAP
from schemas.ledger import LEDGER
from schemas.line_shape import LINE_SHAPE
from schemas.listed import LISTED
from schemas.member import CONSENT, LOGIN, MEMBER, MEMBER_DEVICE
from schemas.passage import PASSAGE
from schemas.place import PLACE
from schemas.presence import PRESENCE
from schemas.profile import PROFILE, PROFILE_ZONE
from schemas.raw_hour import RAW_HOUR
from schemas.reach import REACH
from schemas.rejected import REJECTED
from schemas.restart import RESTART
from schemas.sighting import PUBLISHED, SIGHTING
from schemas.stay import STAY
from schemas.sums import DEVICE_DAY, DEVICE_ZONE_DAY, DWELL_DAY, MOVE_DAY, PLACE_DAY
from schemas.trigger import TRIGGER
from schemas.visit import VISIT
from schemas.zone import MERCHANT, ZONE
from schemas.zone_hour import ZONE_HOUR

__all__ = [
    "AP_HOUR",
    "AUDIENCE_MEMBER",
    "CLOCK_EVENT",
    "CLOCK_OFFSET",
    "CLOCK_PAIR",
    "CLOCK_SAMPLE",
    "CONSENT",
    "DEVICE",
    "DEVICE_DAY",
    "DEVICE_ZONE_DAY",
    "DWELL_DAY",
    "EXPORT_ROW",
    "EXPORT_TOKEN",
    "FEED_HOUR",
    "FLAP",
    "LEDGER",
    "LIFE_SIGN",
    "LINE_SHAPE",
    "LISTED",
    "LOGIN",
    "MEMBER",
    "MEMBER_DEVICE",
    "MERCHANT",
    "MOVE_DAY",
    "PASSAGE",
    "PLACE",
    "PLACE_DAY",
    "PRESENCE",
    "PROFILE",
    "PROFILE_ZONE",
    "PUBLISHED",
    "RAW_HOUR",
    "REACH",
    "REJECTED",
    "RESTART",
    "SIGHTING",
    "STAY",
    "TRIGGER",
    "USUAL_HOUR",
    "VISIT",
    "ZONE",
    "ZONE_HOUR",
    "Column",
    "ConfigError",
    "GateError",
    "InputError",
    "PrivacyError",
    "ShangquanError",
    "SinkError",
    "Table",
]
