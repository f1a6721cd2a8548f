"""Consent is an interval, its list must be fresh, and a faulty list is refused with every fault named."""

import datetime
import zoneinfo

import pyarrow as pa
import pytest

from privacy.consent import by_purpose, in_force, require_fresh, were_in_force
from privacy.consent_files import accounts_of, consents_of, members_of
from schemas import CONSENT, InputError, PrivacyError

HOUR_MS = 3_600_000
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


def table(text: str) -> pa.Table:
    """`member purpose merchant given withdrawn`, `-` for empty; one consent a line, hours as instants."""
    rows = [["" if cell == "-" else cell for cell in line.split()] for line in text.strip().splitlines()]
    return CONSENT.table(
        member=[row[0] for row in rows],
        purpose=[row[1] for row in rows],
        merchant=[row[2] for row in rows],
        given_ms=[int(row[3]) * HOUR_MS for row in rows],
        withdrawn_ms=[int(row[4]) * HOUR_MS if row[4] else None for row in rows],
    )


CONSENTS = table(
    """
    ann location - 1 5
    ann location - 8 -
    bob location - 1 -
    bob merchant m1 1 -
    """
)


@pytest.mark.parametrize(
    ("hour", "members"), [(0, ""), (1, "ann bob"), (4, "ann bob"), (5, "bob"), (7, "bob"), (8, "ann bob")]
)
def test_consent_holds_from_given_to_before_withdrawn(hour: int, members: str) -> None:
    assert in_force(CONSENTS, "location", hour * HOUR_MS) == set(members.split())
    known = by_purpose(CONSENTS)["location", ""]
    held = were_in_force(known, ["ann", "bob", None, "zoe"], [hour * HOUR_MS] * 4)
    assert held.tolist() == [name in members.split() for name in ("ann", "bob", None, "zoe")]


def test_consent_is_for_its_purpose_and_its_merchant() -> None:
    assert in_force(CONSENTS, "contact", 2 * HOUR_MS) == set()
    assert in_force(CONSENTS, "merchant", 2 * HOUR_MS, "m1") == {"bob"}
    assert in_force(CONSENTS, "merchant", 2 * HOUR_MS, "m2") == set()


def test_a_stale_list_is_refused() -> None:
    require_fresh(0, 24 * HOUR_MS, 24 * HOUR_MS)
    with pytest.raises(PrivacyError, match=r"consents.csv is 1 d 2 h old, the limit is 1 d 0 h") as refused:
        require_fresh(0, 26 * HOUR_MS, 24 * HOUR_MS)
    assert refused.value.exit_code == 14
    with pytest.raises(PrivacyError, match="in the future"):
        require_fresh(1, 0, 24 * HOUR_MS)


def columns(header: str, *lines: str) -> pa.Table:
    cells = [line.split(",") for line in lines]
    return pa.table({name: [row[i] for row in cells] for i, name in enumerate(header.split(","))})


def test_files_in_local_time_or_with_a_zone() -> None:
    rows = consents_of(
        columns(
            "member,purpose,merchant,given,withdrawn",
            "ann,location,,2026-11-01 08:00,2026-11-02T00:00:00Z",
            "ann,merchant,m1,2026-11-01T08:00:00+09:00,",
        ),
        SHANGHAI,
        members={"ann"},
    )
    day = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC).timestamp() * 1000
    assert rows["given_ms"].to_pylist() == [day, day - HOUR_MS]
    assert rows["withdrawn_ms"].to_pylist() == [day + 24 * HOUR_MS, None]
    assert members_of(columns("member,joined", "ann,2026-11-01 08:00"), SHANGHAI)["joined_ms"].to_pylist() == [day]


def test_every_fault_of_a_file_is_listed_with_its_line_and_without_its_text() -> None:
    with pytest.raises(InputError) as refused:
        consents_of(
            columns(
                "member,purpose,merchant,given,withdrawn",
                "ann,location,,2026-11-01,",
                ",location,,2026-11-01,",
                "zoe,location,,2026-11-01,",
                "ann,spam,,2026-11-01,",
                "ann,merchant,,2026-11-01,",
                "ann,contact,m1,2026-11-01,",
                "ann,contact,,0123-SECRET,",
                "ann,contact,,,",
                "ann,contact,,2026-11-03,2026-11-01",
                "ann,location,,2026-11-01,2026-12-01",
            ),
            SHANGHAI,
            members={"ann"},
        )
    assert str(refused.value).splitlines() == [
        "consents.csv line 3: no member",
        "consents.csv line 4: this member is not in members.csv",
        "consents.csv line 5: the purpose is none of location, contact, merchant",
        "consents.csv line 6: purpose merchant needs a merchant",
        "consents.csv line 7: purpose contact takes no merchant",
        "consents.csv line 8: given is no time such as 2026-11-21 09:00",
        "consents.csv line 9: given is empty",
        "consents.csv line 10: withdrawn before it was given",
        "consents.csv line 11: the same consent is listed before",
    ]


def test_a_missing_column_and_a_member_listed_twice() -> None:
    with pytest.raises(InputError, match=r"consents\.csv line 1: no column withdrawn"):
        consents_of(columns("member,purpose,merchant,given", "a,location,,2026-11-01"), SHANGHAI)
    with pytest.raises(InputError, match=r"members\.csv line 3: this member is listed before"):
        members_of(columns("member,joined", "ann,2026-11-01", "ann,2026-11-01"), SHANGHAI)


def test_a_long_list_of_faults_is_cut_and_counted() -> None:
    with pytest.raises(InputError) as refused:
        members_of(columns("member,joined", *(f"m{i},never" for i in range(50))), SHANGHAI)
    assert str(refused.value).splitlines()[-1] == "and 30 more"


def test_a_member_goes_by_accounts_or_by_the_members_own_name() -> None:
    listed = pa.table({"member": ["M1", "M2"], "login": ["+8613800000001 Ann@mall.example", None]})
    assert accounts_of(listed) == {"+8613800000001": "M1", "ann@mall.example": "M1", "m2": "M2"}
    assert accounts_of(pa.table({"member": ["M1"]})) == {"m1": "M1"}


def test_an_account_of_two_members_is_refused_and_not_shown() -> None:
    with pytest.raises(InputError) as refused:
        accounts_of(pa.table({"member": ["M1", "M2"], "login": ["+8613800000001", "+8613800000001"]}))
    assert "members.csv line 3: an account" in str(refused.value)
    assert "138" not in str(refused.value)
