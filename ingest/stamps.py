"""Time stamps in bytes -> civil milliseconds (as if the clock were UTC) and, where the stamp says it, its offset.

    2026-11-21 09:00:01   2026-11-21T09:00:01.123+08:00   Nov 21 09:00:01 (no year)   Thu Aug 17 22:58:44 2023   epoch

From civil to UTC is in `clocks`. A function ends with the place after the stamp, or with -1 where there is none.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.eight_bytes import byte_at, short_word_at, text_of
from ingest.scan import SPACE, Spans, thousandths, two_digits
from schemas.compiled import compiled

LOCAL = 32_767  # in place of an offset in minutes: the stamp does not say it
DAY_MS = 86_400_000
HALF_YEAR_MS = 183 * DAY_MS
EPOCH_MS_FROM = 100_000_000_000  # as seconds it is the year 5138
_CIVIL, _EPOCH_S, _EPOCH_MS, _ANY = range(4)
_MONTH_NAMES = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = np.array([int.from_bytes(name, "little") for name in _MONTH_NAMES.split()], np.uint64)
_FORMS = {"iso": _CIVIL, "epoch_s": _EPOCH_S, "epoch_ms": _EPOCH_MS, "any": _ANY}


def times_of(spans: Spans, form: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16], npt.NDArray[np.bool_]]:
    """(civil ms, offset in minutes or LOCAL, whether it is a stamp) of a column; form: iso, epoch_s, epoch_ms, any."""
    civil, offset, good = _times(spans.buf, spans.start, spans.stop, _FORMS[form])
    return civil, offset, good


@compiled
def _times(buf: Any, start: Any, stop: Any, form: Any) -> Any:
    text = text_of(buf)
    n = start.size
    civil, offset, good = np.zeros(n, np.int64), np.zeros(n, np.int16), np.zeros(n, np.bool_)
    for i in range(n):
        s, e = start[i], stop[i]
        if form == _CIVIL or (form == _ANY and e - s >= 19 and byte_at(text, s + 4) == 45):  # -
            civil[i], offset[i], end = iso_stamp(text, s, e)
            good[i] = end == e
            continue
        number, good[i] = thousandths(text, s, e)
        is_ms = form == _EPOCH_MS or (form == _ANY and number // 1000 >= EPOCH_MS_FROM)
        civil[i] = number // 1000 if is_ms else number
    return civil, offset, good


@compiled
def days_from_civil(year: Any, month: Any, day: Any) -> Any:
    """Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's formula)."""
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@compiled
def is_date(year: Any, month: Any, day: Any) -> Any:
    """Whether the calendar has that date."""
    if month < 1 or month > 12 or day < 1 or day > 31:
        return False
    if month == 2:
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return day <= (29 if is_leap else 28)
    return day <= 30 or not (month == 4 or month == 6 or month == 9 or month == 11)


@compiled
def clock_ms(text: Any, s: Any, e: Any) -> Any:
    """Milliseconds of `hh:mm:ss` at `s`, or -1; second 60 is a leap second's."""
    if e - s < 8 or byte_at(text, s + 2) != 58 or byte_at(text, s + 5) != 58:  # :
        return -1
    hour, minute, second = two_digits(text, s), two_digits(text, s + 3), two_digits(text, s + 6)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 60:
        return -1
    return ((hour * 60 + minute) * 60 + second) * 1000


@compiled
def iso_stamp(text: Any, s: Any, e: Any) -> Any:
    """(civil ms, offset minutes or LOCAL, end) of `2026-11-21 09:00:01[.123][Z|+09:00]`; `T` or space, `-` or `/`."""
    if e - s < 19:
        return 0, LOCAL, -1
    mark, gap = byte_at(text, s + 4), byte_at(text, s + 10)
    if (mark != 45 and mark != 47) or byte_at(text, s + 7) != mark or (gap != SPACE and gap != 84):  # - / T
        return 0, LOCAL, -1
    century, of_century = two_digits(text, s), two_digits(text, s + 2)
    year, month, day = century * 100 + of_century, two_digits(text, s + 5), two_digits(text, s + 8)
    clock = clock_ms(text, s + 11, e)
    if century < 0 or of_century < 0 or clock < 0 or not is_date(year, month, day):
        return 0, LOCAL, -1
    at, civil = s + 19, days_from_civil(year, month, day) * DAY_MS + clock
    if at < e and (byte_at(text, at) == 46 or byte_at(text, at) == 44):  # . ,
        at, fraction = fraction_ms(text, at + 1, e)
        civil += fraction
    offset, end = _offset(text, at, e)
    return civil, offset, end


@compiled
def date_first_stamp(text: Any, s: Any, e: Any) -> Any:
    """As `iso_stamp`, also where month and day are not padded: `2014-11-8 16:36:58+01:00`."""
    civil, offset, end = iso_stamp(text, s, e)
    if end >= 0 or e - s < 17:
        return civil, offset, end
    year, mark = two_digits(text, s) * 100 + two_digits(text, s + 2), byte_at(text, s + 4)
    month, at = _short_number(text, s + 5)
    day, gap = _short_number(text, at + 1)
    clock = clock_ms(text, gap + 1, e)
    is_separated = (mark == 45 or mark == 47) and byte_at(text, at) == mark and byte_at(text, gap) == SPACE  # - /
    if year < 1900 or clock < 0 or not is_separated or not is_date(year, month, day):
        return 0, LOCAL, -1
    clock, at = _with_fraction(text, clock, gap + 9, e)
    offset, end = _offset(text, at, e)
    return days_from_civil(year, month, day) * DAY_MS + clock, offset, end


@compiled
def _short_number(text: Any, s: Any) -> Any:
    """(number of the one or two digits at `s`, place after them); -1 if there are none."""
    number = two_digits(text, s)
    if number >= 0:
        return number, s + 2
    number = byte_at(text, s) - 48
    return (number, s + 1) if 0 <= number <= 9 else (-1, s + 1)


@compiled
def fraction_ms(text: Any, s: Any, e: Any) -> Any:
    scale, value = 100, np.int64(0)
    while s < e and 48 <= byte_at(text, s) <= 57:
        value += (byte_at(text, s) - 48) * scale
        scale //= 10
        s += 1
    return s, value


@compiled
def _offset(text: Any, s: Any, e: Any) -> Any:
    """(minutes or LOCAL, end) of `Z`, `+09:00`, `+0900`, `+09`, or nothing."""
    if s < e and byte_at(text, s) == 90:  # Z
        return 0, s + 1
    if s >= e or (byte_at(text, s) != 43 and byte_at(text, s) != 45):  # + -
        return LOCAL, s
    hours = two_digits(text, s + 1) if e - s >= 3 else -1
    if hours < 0 or hours > 23:
        return LOCAL, -1
    sign, end, minutes = (1 if byte_at(text, s) == 43 else -1), s + 3, 0
    colon = 1 if end < e and byte_at(text, end) == 58 else 0  # :
    if end + colon + 2 <= e and two_digits(text, end + colon) >= 0:
        minutes, end = two_digits(text, end + colon), end + colon + 2
    return (sign * (hours * 60 + minutes), end) if minutes < 60 else (LOCAL, -1)


@compiled
def month_at(text: Any, s: Any) -> Any:
    """1..12 of the English three-letter month at `s`, or 0."""
    word = short_word_at(text, s, 3)
    for month in range(12):
        if word == _MONTHS[month]:
            return month + 1
    return 0


@compiled
def bsd_stamp(text: Any, s: Any, e: Any, near_ms: Any) -> Any:
    """(civil ms, offset minutes or LOCAL, end) of `Nov 21 09:00:01`, with what vendors add to it.

    `Jul 23 2024 14:31:54.468`, `Jan 31 00:06:12 2014`, `Mar 15 17:01:11:924`, `Jan 13 2014 18:23:26+04:00`. Without a
    year: of the years that have the day, the one that lies closest to `near_ms`.
    """
    month, day, at = _month_and_day(text, s, e)
    year = _year_at(text, at, e)
    at += 5 if year > 0 else 0
    clock = clock_ms(text, at, e)
    if month == 0 or clock < 0:
        return 0, LOCAL, -1
    clock, at = _with_fraction(text, clock, at + 8, e)
    offset, at = _offset(text, at, e)
    if year == 0 and 0 <= at < e and byte_at(text, at) == SPACE:
        year = _year_at(text, at + 1, e)
        at += 5 if year > 0 else 0
    if year > 0:
        is_day = is_date(year, month, day)
        return (days_from_civil(year, month, day) * DAY_MS + clock, offset, at) if is_day else (0, LOCAL, -1)
    civil, has_one = _nearest_year(month, day, clock, near_ms)
    return civil, offset, (at if has_one else -1)


@compiled
def _nearest_year(month: Any, day: Any, clock: Any, near_ms: Any) -> Any:
    """(civil ms in the year that brings it closest to `near_ms`, whether a year around it has that day)."""
    near_year = 1970 + np.int64(np.floor((near_ms / DAY_MS + 0.5) / 365.2425))
    best, has_one = np.int64(0), False
    for year in range(near_year - 1, near_year + 2):
        if not is_date(year, month, day):
            continue
        civil = days_from_civil(year, month, day) * DAY_MS + clock
        if not has_one or abs(civil - near_ms) < abs(best - near_ms):
            best, has_one = civil, True
    return best, has_one


@compiled
def _year_at(text: Any, s: Any, e: Any) -> Any:
    """The year 19xx or 20xx that stands at `s`, a space or the end behind it; else 0."""
    if e - s < 4 or (e - s > 4 and byte_at(text, s + 4) != SPACE):
        return 0
    century, of_century = two_digits(text, s), two_digits(text, s + 2)
    return century * 100 + of_century if (century == 19 or century == 20) and of_century >= 0 else 0


@compiled
def _with_fraction(text: Any, clock: Any, at: Any, e: Any) -> Any:
    """(clock with the fraction that follows it, place after it): `.866`, or `:924` of three digits."""
    if e - at < 2:
        return clock, at
    mark = byte_at(text, at)
    has_three = e - at >= 4 and two_digits(text, at + 1) >= 0 and two_digits(text, at + 2) >= 0
    if mark != 46 and not (mark == 58 and has_three):  # . :
        return clock, at
    end, fraction = fraction_ms(text, at + 1, e)
    return clock + fraction, end


@compiled
def ctime_stamp(text: Any, s: Any, e: Any) -> Any:
    """(civil ms, end) of `Thu Aug 17 22:58:44 2023`."""
    month, day, at = _month_and_day(text, s + 4, e)
    clock = clock_ms(text, at, e)
    if month == 0 or clock < 0 or e - at < 13 or byte_at(text, at + 8) != SPACE:
        return 0, -1
    century, of_century = two_digits(text, at + 9), two_digits(text, at + 11)
    year = century * 100 + of_century
    if century < 0 or of_century < 0 or not is_date(year, month, day):
        return 0, -1
    return days_from_civil(year, month, day) * DAY_MS + clock, at + 13


@compiled
def _month_and_day(text: Any, s: Any, e: Any) -> Any:
    """(month or 0, day, place of the clock) of `Nov 21 `, `Nov  1 `, `Nov 1 `."""
    if e - s < 14 or byte_at(text, s + 3) != SPACE:
        return 0, 0, e
    month, at = month_at(text, s), s + 4
    if byte_at(text, at) == SPACE:
        at += 1
    day = byte_at(text, at) - 48
    if day < 0 or day > 9:
        return 0, 0, e
    if byte_at(text, at + 1) != SPACE:
        day, at = two_digits(text, at), at + 1
    return (month, day, at + 2) if byte_at(text, at + 1) == SPACE else (0, 0, e)
