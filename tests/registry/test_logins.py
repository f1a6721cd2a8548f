"""When a device is a member's: login and consent, silence and withdrawal, a change of hands."""

import dataclasses
import random

import numpy as np
import pyarrow as pa
import pytest

from ingest.feed import Feed
from ingest.login_book import LoginBook
from ingest.logins import DAY_MS, agreed_spans, login_feed, logins_of, member_devices, user_logins
from ingest.reading import NO_MAC, Reading
from privacy.pseudonyms import Pseudonyms
from schemas import CONSENT, LOGIN, MEMBER_DEVICE

KEEP = 10 * DAY_MS


def logins(*rows: tuple[int, int, str]) -> pa.Table:
    """(day, device, member) rows."""
    return LOGIN.table(
        at_ms=[day * DAY_MS for day, _, _ in rows], device=[row[1] for row in rows], member=[row[2] for row in rows]
    )


def consents(*rows: tuple[str, str, int, int | None]) -> pa.Table:
    """(member, purpose, day given, day withdrawn) rows."""
    return CONSENT.table(
        member=[row[0] for row in rows],
        purpose=[row[1] for row in rows],
        merchant=["noodle-king" if row[1] == "merchant" else "" for row in rows],
        given_ms=[row[2] * DAY_MS for row in rows],
        withdrawn_ms=[None if row[3] is None else row[3] * DAY_MS for row in rows],
    )


ALWAYS = (("ann", "location", 0, None), ("bob", "location", 0, None))


def spans(of: pa.Table) -> list[tuple[int, str, float, float]]:
    assert of.schema == MEMBER_DEVICE.arrow
    return [(r["device"], r["member"], r["from_ms"] / DAY_MS, r["until_ms"] / DAY_MS) for r in of.to_pylist()]


@pytest.mark.parametrize(
    ("logged_in", "agreed", "expected"),
    [
        pytest.param([(5, -1, "ann")], ALWAYS, [(-1, "ann", 5, 15)], id="from the login, until ten days after"),
        pytest.param([(5, -1, "ann"), (12, -1, "ann")], ALWAYS, [(-1, "ann", 5, 22)], id="the last login counts"),
        pytest.param(
            [(5, -1, "ann"), (16, -1, "ann")], ALWAYS, [(-1, "ann", 5, 15), (-1, "ann", 16, 26)], id="silence between"
        ),
        pytest.param([(5, -1, "ann")], [("ann", "location", 8, None)], [(-1, "ann", 8, 15)], id="consent came later"),
        pytest.param([(5, -1, "ann")], [("ann", "location", 0, 9)], [(-1, "ann", 5, 9)], id="withdrawn"),
        pytest.param(
            [(5, -1, "ann")],
            [("ann", "location", 0, 7), ("ann", "location", 9, None)],
            [(-1, "ann", 5, 7), (-1, "ann", 9, 15)],
            id="given again",
        ),
        pytest.param(
            [(5, -1, "ann")],
            [("ann", "location", 0, 9), ("ann", "location", 7, None)],
            [(-1, "ann", 5, 15)],
            id="two consents that overlap are one",
        ),
        pytest.param([(5, -1, "ann")], [("ann", "location", 15, None)], [], id="consent too late"),
        pytest.param(
            [(5, -1, "ann")], [("ann", "contact", 0, None), ("ann", "merchant", 0, None)], [], id="another purpose"
        ),
        pytest.param([(5, -1, "eve")], ALWAYS, [], id="nobody who agreed"),
        pytest.param(
            [(5, -1, "ann"), (8, -1, "bob")], ALWAYS, [(-1, "ann", 5, 8), (-1, "bob", 8, 18)], id="changes hands"
        ),
        pytest.param(
            [(5, -1, "ann"), (6, -1, "bob"), (7, -1, "ann")],
            ALWAYS,
            [(-1, "ann", 5, 6), (-1, "bob", 6, 7), (-1, "ann", 7, 17)],
            id="and back",
        ),
        pytest.param([(5, -1, "ann"), (7, -1, "eve")], ALWAYS, [(-1, "ann", 5, 7)], id="to one who did not agree"),
        pytest.param([(5, -1, "bob"), (5, -1, "ann")], ALWAYS, [(-1, "bob", 5, 15)], id="at one instant"),
        pytest.param(
            [(5, -2, "ann"), (5, -1, "ann")], ALWAYS, [(-2, "ann", 5, 15), (-1, "ann", 5, 15)], id="two devices"
        ),
        pytest.param([], ALWAYS, [], id="no logins"),
    ],
)
def test_when_a_device_is_a_members(logged_in, agreed, expected):
    assert spans(member_devices(logins(*logged_in), agreed_spans(consents(*agreed)), 10)) == expected
    assert (
        spans(member_devices(logins(*reversed(logged_in)), agreed_spans(consents(*reversed(agreed))), 10)) == expected
    )


def test_a_book_says_of_some_devices_what_it_says_of_all():
    chance = random.Random(3)
    known = [(chance.randrange(50), -chance.randrange(1, 9), chance.choice(["ann", "bob", "eve"])) for _ in range(60)]
    book = LoginBook(logins(*known[:30]), consents(*ALWAYS), 10)
    for since, until in ((30, 31), (31, 45), (45, 60)):
        book.add(logins(*known[since:until], known[0]))  # one that is known already
        for before in (20 * DAY_MS, 99 * DAY_MS):
            every = book.devices_before(before)
            at_once = LoginBook(logins(*known[:until]), consents(*ALWAYS), 10)
            assert spans(every) == spans(at_once.devices_before(before))
            assert every.num_rows > 2
            for some in ([-3], [-1, -8, -8], [-77], []):
                few = book.devices_among(np.array(some, np.int64), before)
                assert spans(few) == [span for span in spans(every) if span[0] in some]


def test_a_login_names_the_device_under_the_members_key_only():
    key, phone = b"m" * 32, 0x02_00_5E_00_00_01
    reading = Reading(
        at_ms=np.array([1, 2], np.int64),
        mac=np.array([phone, NO_MAC], np.uint64),
        opaque=pa.array([None, "user-7"]).dictionary_encode(),
        ap=pa.array(["ann", "bob"]).dictionary_encode(),
        kind=np.zeros(2, np.int8),
        signal_dbm=np.zeros(2, np.int16),
        line=np.array([1, 2]),
        rejects=[],
        ignored={},
        read=2,
    )
    under = Pseudonyms(key, members=True)
    table = logins_of(reading, key)
    assert table.schema == LOGIN.arrow
    assert table["device"].to_pylist() == [
        *under.of_macs(np.array([phone], np.uint64)).tolist(),
        *under.of_texts(["user-7"]).tolist(),
    ]
    assert table["member"].to_pylist() == ["ann", "bob"]


def test_a_portals_columns_are_put_in_the_parsers_words():
    feed = login_feed(Feed("portal", "csv", columns={"at": "time", "member": "user"}))
    assert dict(feed.columns) == {"at": "time", "device": "device", "ap": "user"}


def test_an_account_in_a_log_is_a_login_of_the_member_whose_it_is():
    key, phones = b"m" * 32, np.array([0x02_00_5E_00_00_01, 0x02_00_5E_00_00_02, 0x02_00_5E_00_00_03], np.uint64)
    reading = Reading(
        at_ms=np.array([1, 2, 3], np.int64),
        mac=phones,
        opaque=None,
        ap=pa.array(["door"] * 3).dictionary_encode(),
        kind=np.full(3, 2, np.int8),
        signal_dbm=np.zeros(3, np.int16),
        line=np.arange(3),
        rejects=[],
        ignored={},
        read=3,
        user=pa.array(["Ann@Mall.example", None, "a stranger"]).dictionary_encode(),
    )
    table = user_logins(reading, {"ann@mall.example": "m-1"}, key)
    assert table.to_pylist() == [
        {"at_ms": 1, "device": Pseudonyms(key, members=True).of_macs(phones[:1])[0], "member": "m-1"}
    ]
    assert user_logins(dataclasses.replace(reading, user=None), {"": "m-1"}, key).num_rows == 0
