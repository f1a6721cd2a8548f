"""Whom an export is asked to name: the members of an audience, or those whose devices triggered a merchant's campaigns.

People are counted, not devices: of one member's devices, the first that fired a campaign on a trading day speaks for
the member in it. Whether consent allows any of them to be named lives in `marketing.exports`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketing.campaigns import Campaign
from marketing.holdout import held_out

Owners = dict[int, list[tuple[int, int, str]]]
Named = tuple[str | None, dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """Columns of equal length, one row per contact. `event_ms` is when consent must have been there first.

    A null member is a device that was nobody's at that instant.
    """

    member: list[str | None]
    event_ms: NDArray[np.int64]
    campaign: list[str]
    held_out: NDArray[np.bool_]
    site: list[str | None]
    zone: list[str | None]
    at_ms: list[int | None]


def of_audience(members: pa.Table, snapshot_ms: int) -> Asked:
    """One row per member of AUDIENCE_MEMBER; it has no place and no instant of its own."""
    none: list[Any] = [None] * members.num_rows
    return Asked(
        member=members["member"].to_pylist(),
        event_ms=np.full(members.num_rows, snapshot_ms, np.int64),
        campaign=members["audience"].to_pylist(),
        held_out=members["hold_out"].to_numpy(),
        site=none,
        zone=none,
        at_ms=none,
    )


def owners_of(devices: pa.Table) -> Owners:
    """MEMBER_DEVICE, to be asked whose a device was when: device -> [(from_ms, until_ms, member)]. Make it once."""
    owners: Owners = {}
    columns = (devices[name].to_pylist() for name in ("device", "from_ms", "until_ms", "member"))
    for device, from_ms, until_ms, member in zip(*columns, strict=True):
        owners.setdefault(device, []).append((from_ms, until_ms, member))
    return owners


def of_triggers(triggers: pa.Table, owners: Owners, campaigns: Sequence[Campaign], salt: str = "") -> tuple[Asked, int]:
    """One row per firing of `campaigns`, in time, and how many firings were left out as another device's."""
    names = pa.array([campaign.name for campaign in campaigns], pa.string())
    own = triggers.filter(pc.is_in(triggers["campaign"].cast(pa.string()), names))
    fired = sorted(own.to_pylist(), key=lambda row: (row["at_ms"], row["campaign"], row["subject"]))
    named = [(_owner(owners.get(row["subject"], []), row["at_ms"]), row) for row in fired]
    first = list(_of_first_devices(named))
    members, rows = [member for member, _ in first], [row for _, row in first]
    asked = Asked(
        member=members,
        event_ms=np.array([row["at_ms"] for row in rows], np.int64),
        campaign=[row["campaign"] for row in rows],
        held_out=_kept_back(first, campaigns, salt),
        site=[row["site"] for row in rows],
        zone=[row["zone"] for row in rows],
        at_ms=[row["at_ms"] for row in rows],
    )
    return asked, len(fired) - len(rows)


def _of_first_devices(named: Iterable[Named]) -> Iterable[Named]:
    """Leaves out what a member's second device fired in a campaign that the first fired before."""
    speaks: dict[tuple[str, str], int] = {}
    for member, row in named:
        if member is None or speaks.setdefault((member, row["campaign"]), row["subject"]) == row["subject"]:
            yield member, row


def _kept_back(named: Sequence[Named], campaigns: Sequence[Campaign], salt: str) -> NDArray[np.bool_]:
    kept_back = np.zeros(len(named), np.bool_)
    for campaign in campaigns:
        own = [index for index, (_, row) in enumerate(named) if row["campaign"] == campaign.name]
        kept_back[own] = held_out((named[index][0] or "" for index in own), campaign.name, campaign.hold_out, salt)
    return kept_back


def _owner(spans: list[tuple[int, int, str]], at_ms: int) -> str | None:
    """Whose device it was at that instant."""
    return next((member for from_ms, until_ms, member in spans if from_ms <= at_ms < until_ms), None)
