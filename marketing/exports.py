"""What a merchant gets: contacts that consent allows, a proof that says who was left out and why, and nothing else.

    asked      whom an audience or the triggers of campaigns name
     |- refused     no consent at the event, or withdrawn before the export        counted by reason
     |- held out    the control group                                              counted
     |- exported    the member, where that merchant may know; else a token that only the district can resolve

Fails closed: on a stale list of consents every function here raises PrivacyError. What does not live here: whom an
audience or a trigger names (`marketing.asked`), writing files, making keys and ids.
"""

import datetime
import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marketing.asked import Asked, Owners, of_audience, of_triggers
from marketing.audiences import Audience
from marketing.campaigns import Campaign
from marketing.definition import digest_of, text_of
from privacy.consent import ConsentProof, Consents, require_fresh, were_in_force
from schemas import EXPORT_ROW, EXPORT_TOKEN, PrivacyError

KEY_BYTES = 32
TOKEN_DIGITS = 32  # 128 of HMAC-SHA-256's 256 bits


@dataclass(frozen=True)
class Terms:
    """Of one export: for whom (empty: the district), its id, when it is made, under which key, on which consents."""

    merchant: str
    export_id: str
    at_ms: int
    key: bytes = field(repr=False)
    consents: Consents = field(repr=False)
    proof: ConsentProof
    salt: str = ""

    def __post_init__(self) -> None:
        if len(self.key) < KEY_BYTES:
            raise PrivacyError("there is no export key: nothing was exported", "restore or make the keyring")


@dataclass(frozen=True)
class Export:
    """The merchant's rows (EXPORT_ROW), the district's own key to the tokens (EXPORT_TOKEN), and the counts."""

    rows: pa.Table
    tokens: pa.Table
    counts: dict[str, Any]


def audience_export(audience: Audience, members: pa.Table, snapshot_ms: int, terms: Terms) -> Export:
    """The export of an audience's members (AUDIENCE_MEMBER); `snapshot_ms` is the end of their snapshot day."""
    if audience.merchant != terms.merchant:
        raise ValueError(f"audience {audience.name} is not {terms.merchant or 'the district'}'s")
    return _export(of_audience(members, snapshot_ms), terms)


def trigger_export(triggers: pa.Table, owners: Owners, campaigns: Sequence[Campaign], terms: Terms) -> Export:
    """The export of `terms.merchant`'s triggers among `triggers` (TRIGGER, of one trading day).

    People are counted, not devices: see `marketing.asked`.
    """
    own = [campaign for campaign in campaigns if campaign.merchant == terms.merchant]
    asked, other_devices = of_triggers(triggers, owners, own, terms.salt)
    export = _export(asked, terms)
    return Export(export.rows, export.tokens, {**export.counts, "other_device_of_same_member": other_devices})


def manifest(
    export: Export,
    terms: Terms,
    sources: Sequence[Audience | Campaign],
    *,
    day: datetime.date,
    definition: str,
    created: str,
    file: str,
    data_sha256: str,
) -> dict[str, Any]:
    """The proof that goes with the data file, ready for JSON: counts, snapshot, definitions, consents, digests."""
    return {
        "export": terms.export_id,
        "merchant": terms.merchant,
        "created": created,
        "file": file,
        "sha256": data_sha256,
        "snapshot_day": day.isoformat(),
        "definition": definition,
        "counts": export.counts,
        "sources": [
            {"name": each.name, "hold_out": each.hold_out, "text": text_of(each), "sha256": digest_of(each)}
            for each in sources
        ],
        "consents": {
            "sha256": terms.proof.sha256,
            "as_of": _iso(terms.proof.as_of_ms),
            "checked_at": _iso(terms.at_ms),
            "max_age_s": terms.proof.max_age_ms // 1000,
        },
    }


def token(key: bytes, merchant: str, export_id: str, member: str) -> str:
    """32 hex digits that name `member` to `merchant` in this export alone; without the key nobody can tell whom."""
    message = "".join(f"{len(part)}:{part}" for part in (merchant, export_id, member))
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()[:TOKEN_DIGITS]


def _export(asked: Asked, terms: Terms) -> Export:
    require_fresh(terms.proof.as_of_ms, terms.at_ms, terms.proof.max_age_ms)
    reasons, knows = _consent(asked, terms)
    allowed = np.array([not reason for reason in reasons], np.bool_)
    sent = np.flatnonzero(allowed & ~asked.held_out).tolist()
    contacts = _contacts([str(asked.member[row]) for row in sent], [bool(knows[row]) for row in sent], terms)
    rows = EXPORT_ROW.table(
        contact=[contact for contact, _ in contacts],
        is_token=[is_token for _, is_token in contacts],
        campaign=[asked.campaign[row] for row in sent],
        site=[asked.site[row] for row in sent],
        zone=[asked.zone[row] for row in sent],
        at_ms=[asked.at_ms[row] for row in sent],
    )
    counts = {
        "asked": len(reasons),
        "consented": int(allowed.sum()),
        "hold_out": int((allowed & asked.held_out).sum()),
        "exported": len(sent),
        "refused": dict(sorted(Counter(reason for reason in reasons if reason).items())),
    }
    return Export(rows, _token_table(asked, sent, contacts), counts)


def _consent(asked: Asked, terms: Terms) -> tuple[list[str], NDArray[np.bool_]]:
    """Per row: why it is refused (empty: it is not), and whether the merchant may know the member.

    Being located, and being contacted by the merchant or through the district, must have been agreed to at the event
    and still be at the export. The district's own export (no merchant) needs consent to contact, and names members.
    """
    then, now = asked.event_ms, np.full(len(asked.member), terms.at_ms, np.int64)

    def held(purpose: str, merchant: str = "") -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        known = terms.consents.get((purpose, merchant), {})
        return were_in_force(known, asked.member, then), were_in_force(known, asked.member, now)

    located_then, located_now = held("location")
    contact_then, contact_now = held("contact")
    named_then, named_now = held("merchant", terms.merchant) if terms.merchant else (contact_then, contact_now)
    knows = named_then & named_now
    reached_then, reached = contact_then | named_then, knows | (contact_then & contact_now)
    reasons = np.select(
        [
            np.array([member is None for member in asked.member], np.bool_),
            ~located_then,
            ~located_now,
            ~reached_then,
            ~reached,
        ],
        ["no-member", "no-location-consent", "location-withdrawn", "no-contact-consent", "contact-withdrawn"],
        "",
    )
    return reasons.tolist(), knows


def _contacts(members: list[str], knows: list[bool], terms: Terms) -> list[tuple[str, bool]]:
    """(contact, is it a token) per member."""
    return [
        (member, False) if known else (token(terms.key, terms.merchant, terms.export_id, member), True)
        for member, known in zip(members, knows, strict=True)
    ]


def _token_table(asked: Asked, sent: list[int], contacts: list[tuple[str, bool]]) -> pa.Table:
    pairs = zip(sent, contacts, strict=True)
    members = {contact: str(asked.member[row]) for row, (contact, is_token) in pairs if is_token}
    return EXPORT_TOKEN.table(token=list(members), member=list(members.values()))


def _iso(at_ms: int) -> str:
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).isoformat(timespec="milliseconds")
