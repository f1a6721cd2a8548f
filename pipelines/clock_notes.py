"""What an operator is told of clocks: which controller was corrected, and which one cannot be."""

import pyarrow as pa

from schemas.clock_offset import DECLARED, ROAM_PAIRS, TOO_FAR, TWO_CLOCKS, UNSTEADY

_WORTH_TELLING_MS = 2_000
_WHY = {DECLARED: " as offsets.csv declares", TWO_CLOCKS: "", ROAM_PAIRS: " by devices that roam"}


def clock_notes(rows: pa.Table) -> list[str]:
    """A sentence for each clock of CLOCK_OFFSET that is seconds wrong, or wrong beyond correction."""
    return [text for row in rows.to_pylist() if (text := _note(**row))]


def _note(feed: str, clock: str, offset_ms: int, method: str, behind_ms: int | None, **_: object) -> str:
    whose = f"{feed}: the clock of {clock}" if clock else f"{feed}: its clock"
    if method in _WHY and abs(offset_ms) >= _WORTH_TELLING_MS:
        why = _WHY[method]
        return f"{whose} is {_seconds(offset_ms)}: corrected{why}"
    if method == TOO_FAR and behind_ms is not None:
        return f"{whose} is {_seconds(behind_ms)}: too far to be corrected; check the feed's time_zone"
    if method == UNSTEADY:
        return f"{whose} jumped or strays: left as it is; set it by NTP, or declare its offset in offsets.csv"
    return ""


def _seconds(behind_ms: int) -> str:
    return f"{abs(behind_ms) / 1000:,.0f} s {'behind' if behind_ms > 0 else 'ahead'}"
