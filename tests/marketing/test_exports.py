"""No consent, no row; stale consents, no file; and no merchant can tell another merchant's people."""

import datetime
import json

import numpy as np
import pyarrow as pa
import pytest

from marketing.asked import owners_of
from marketing.audiences import Audience, audience_members
from marketing.campaigns import Campaign
from marketing.exports import Export, Terms, audience_export, manifest, token, trigger_export
from privacy.consent import ConsentProof, by_purpose
from schemas import AUDIENCE_MEMBER, CONSENT, EXPORT_ROW, MEMBER_DEVICE, TRIGGER, PrivacyError

HOUR_MS = 3_600_000
TODAY = datetime.date(2026, 11, 21)
KEY = bytes(range(32))
EVENT, BETWEEN, EXPORT = 10, 12, 14  # hours
LUNCH = Audience("lunch", "visits_7 > 1", "m1", hold_out=0.0)

# member: consents as purpose[@merchant] given-withdrawn
PEOPLE = {
    "named": "location 1- contact 1- merchant@m1 1-",
    "named-only": "location 1- merchant@m1 1-",
    "token": "location 1- contact 1-",
    "other-merchant": "location 1- contact 1- merchant@m2 1-",
    "later-named": "location 1- contact 1- merchant@m1 12-",
    "unnamed-since": "location 1- contact 1- merchant@m1 1-12",
    "withdrawn": "location 1- contact 1-12",
    "contact-too-late": "location 1- contact 12-",
    "unlocated": "contact 1- merchant@m1 1-",
    "location-withdrawn": "location 1-12 contact 1- merchant@m1 1-",
    "nobody": "",
}
SENT = {
    "named": "named",
    "named-only": "named-only",
    "token": None,
    "other-merchant": None,
    "later-named": None,
    "unnamed-since": None,
}
REFUSED = {
    "contact-withdrawn": 1,
    "location-withdrawn": 1,
    "no-contact-consent": 1,
    "no-location-consent": 2,
}


def consents(people: dict[str, str]) -> pa.Table:
    rows = []
    for member, text in people.items():
        words = text.split()
        for purpose, span in zip(words[::2], words[1::2], strict=True):
            name, _, merchant = purpose.partition("@")
            given, withdrawn = span.split("-")
            end = int(withdrawn) * HOUR_MS if withdrawn else None
            rows.append((member, name, merchant, int(given) * HOUR_MS, end))
    return CONSENT.table(
        **{name: list(column) for name, column in zip(CONSENT.names, zip(*rows, strict=True), strict=True)}
    )


def terms(merchant: str = "m1", export_id: str = "x1", hour: int = EXPORT, as_of: int = EXPORT) -> Terms:
    proof = ConsentProof("ab" * 32, as_of * HOUR_MS, 24 * HOUR_MS)
    return Terms(merchant, export_id, hour * HOUR_MS, KEY, by_purpose(consents(PEOPLE)), proof)


def lunch(export_terms: Terms, members: list[str] | None = None) -> Export:
    rows = audience_members(LUNCH, TODAY, list(PEOPLE) if members is None else members)
    return audience_export(LUNCH, rows, EVENT * HOUR_MS, export_terms)


def contacts(export: Export) -> dict[str, str]:
    """member -> contact, as the district can tell."""
    known = dict(zip(export.tokens["token"].to_pylist(), export.tokens["member"].to_pylist(), strict=True))
    return {known.get(contact, contact): contact for contact in export.rows["contact"].to_pylist()}


def test_who_is_in_an_export_and_by_what_name() -> None:
    export = lunch(terms())
    found = contacts(export)
    assert set(found) == set(SENT)
    assert all(found[member] == name if name else found[member] != member for member, name in SENT.items())
    assert export.rows["is_token"].to_pylist() == [name is None for name in SENT.values()]
    assert set(export.tokens["member"].to_pylist()) == {member for member, name in SENT.items() if name is None}
    assert export.rows.schema == EXPORT_ROW.arrow


def test_the_proof_counts_everyone_and_says_why_not() -> None:
    counts = lunch(terms()).counts
    assert counts == {"asked": 11, "consented": 6, "hold_out": 0, "exported": 6, "refused": REFUSED}


def test_withdrawn_between_event_and_export_is_absent_with_the_reason() -> None:
    before = lunch(terms(hour=BETWEEN - 1, as_of=BETWEEN - 1), ["withdrawn"])
    after = lunch(terms(), ["withdrawn"])
    assert (before.rows.num_rows, after.rows.num_rows) == (1, 0)
    assert after.counts["refused"] == {"contact-withdrawn": 1}


def test_stale_consents_give_no_export() -> None:
    with pytest.raises(PrivacyError, match="1 d 2 h old"):
        lunch(terms(hour=40, as_of=14))


def test_no_key_no_export() -> None:
    with pytest.raises(PrivacyError, match="no export key"):
        Terms("m1", "x1", 0, b"", {}, ConsentProof("", 0, 0))


def test_another_merchants_audience_is_never_exported() -> None:
    with pytest.raises(ValueError, match="lunch is not m2's"):
        lunch(terms("m2"))


def test_the_control_group_is_in_no_export() -> None:
    rows = AUDIENCE_MEMBER.table(
        day=[TODAY] * 2, audience=["lunch"] * 2, member=["named", "token"], hold_out=[True, False]
    )
    export = audience_export(LUNCH, rows, EVENT * HOUR_MS, terms())
    assert set(contacts(export)) == {"token"}
    assert (export.counts["consented"], export.counts["hold_out"], export.counts["exported"]) == (2, 1, 1)


def test_a_token_differs_per_merchant_export_member_and_key() -> None:
    tokens = {
        token(KEY, "m1", "x1", "ann"),
        token(KEY, "m2", "x1", "ann"),
        token(KEY, "m1", "x2", "ann"),
        token(KEY, "m1", "x1", "bob"),
        token(KEY, "m1x", "1", "ann"),
        token(KEY[::-1], "m1", "x1", "ann"),
    }
    assert len(tokens) == 6
    assert token(KEY, "m1", "x1", "ann") in tokens


DEVICES = MEMBER_DEVICE.table(
    device=[-1, -2, -3, -4],
    member=["named", "token", "token", "nobody"],
    from_ms=[HOUR_MS] * 4,
    until_ms=[20 * HOUR_MS] * 4,
)
CAMPAIGNS = (
    Campaign("coffee", "m1", "enter", "zone", "food", hold_out=0.0),
    Campaign("shoes", "m2", "enter", "zone", "shoes", hold_out=0.0),
)


def triggers(*rows: tuple[str, int, int]) -> pa.Table:
    """(campaign, subject, hour)."""
    return TRIGGER.table(
        campaign=[row[0] for row in rows],
        merchant=["m1" if row[0] == "coffee" else "m2" for row in rows],
        event=["enter"] * len(rows),
        subject=[row[1] for row in rows],
        site=["mall"] * len(rows),
        zone=["food"] * len(rows),
        at_ms=[row[2] * HOUR_MS for row in rows],
        visit_start_ms=[row[2] * HOUR_MS for row in rows],
    )


def test_triggers_reach_their_own_merchant_only() -> None:
    fired = triggers(("coffee", -1, 9), ("shoes", -1, 9), ("coffee", -2, 10))
    export = trigger_export(fired, owners_of(DEVICES), CAMPAIGNS, terms())
    rows = export.rows.to_pylist()
    assert [(row["campaign"], row["site"], row["zone"], row["at_ms"]) for row in rows] == [
        ("coffee", "mall", "food", 9 * HOUR_MS),
        ("coffee", "mall", "food", 10 * HOUR_MS),
    ]
    assert list(contacts(export)) == ["named", "token"]


def test_one_member_with_two_devices_is_one_contact() -> None:
    fired = triggers(("coffee", -3, 9), ("coffee", -2, 9), ("coffee", -3, 11), ("coffee", -1, 12))
    export = trigger_export(fired, owners_of(DEVICES), CAMPAIGNS, terms())
    assert [at // HOUR_MS for at in export.rows["at_ms"].to_pylist()] == [9, 11, 12]
    assert export.counts["other_device_of_same_member"] == 1


def test_a_device_that_was_nobodys_then_and_a_member_without_consent() -> None:
    fired = triggers(("coffee", -1, 0), ("coffee", -4, 9), ("coffee", -9, 9))
    counts = trigger_export(fired, owners_of(DEVICES), CAMPAIGNS, terms()).counts
    assert counts["refused"] == {"no-location-consent": 1, "no-member": 2}
    assert counts["exported"] == 0


def test_a_campaign_keeps_its_share_back() -> None:
    people = {f"p{i}": "location 1- contact 1-" for i in range(1000)}
    devices = MEMBER_DEVICE.table(
        device=np.arange(-1000, 0), member=list(people), from_ms=[0] * 1000, until_ms=[20 * HOUR_MS] * 1000
    )
    proof = ConsentProof("ab" * 32, EXPORT * HOUR_MS, 24 * HOUR_MS)
    export_terms = Terms("m1", "x1", EXPORT * HOUR_MS, KEY, by_purpose(consents(people)), proof)
    fired = triggers(*(("coffee", subject, 9) for subject in range(-1000, 0)))
    campaign = Campaign("coffee", "m1", "enter", "zone", "food")
    counts = trigger_export(fired, owners_of(devices), [campaign], export_terms).counts
    assert 70 < counts["hold_out"] < 130
    assert counts["exported"] == 1000 - counts["hold_out"]


def test_an_export_of_nothing_is_an_empty_table() -> None:
    export = trigger_export(TRIGGER.empty(), owners_of(DEVICES), CAMPAIGNS, terms())
    assert export.rows.schema == EXPORT_ROW.arrow
    assert export.counts["asked"] == export.counts["exported"] == 0


def test_the_manifest_proves_the_file() -> None:
    export = lunch(terms())
    proof = manifest(
        export, terms(), [LUNCH], day=TODAY, definition="default@1", created="t", file="lunch.csv", data_sha256="cd"
    )
    text = json.dumps(proof)
    assert proof["counts"] == export.counts
    assert (proof["export"], proof["merchant"], proof["sha256"], proof["file"]) == ("x1", "m1", "cd", "lunch.csv")
    assert (proof["snapshot_day"], proof["definition"], proof["created"]) == ("2026-11-21", "default@1", "t")
    assert proof["consents"]["as_of"] == "1970-01-01T14:00:00.000+00:00"
    assert proof["consents"]["max_age_s"] == 86_400
    assert "visits_7 > 1" in proof["sources"][0]["text"]
    assert len(proof["sources"][0]["sha256"]) == 64
    assert KEY.hex() not in text
    assert not any(member in text for member in export.tokens["member"].to_pylist() if member != "token")
