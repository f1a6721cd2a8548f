"""members.csv and consents.csv, as columns of text, into MEMBER and CONSENT; every fault is listed at once.

`pipelines` reads the files, all columns as text and empty lines kept, so that row i is line i + 2. A fault names file
and line, never the value of a cell: what stands in the wrong column may be a phone number.
"""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from schemas import CONSENT, MEMBER, InputError

PURPOSES = ("location", "contact", "merchant")
SHOWN = 20  # faults in one message


@dataclass
class Faults:
    """What is wrong with one file, collected; `refuse` raises if anything is, in the order of lines."""

    file: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def at(self, row: int, what: str) -> None:
        self.found.append((row + 2, what))

    def refuse(self) -> None:
        if self.found:
            lines = [f"{self.file} line {line}: {what}" for line, what in sorted(self.found)]
            more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
            raise InputError("\n".join(lines[:SHOWN] + more))


def members_of(columns: pa.Table, tz: datetime.tzinfo, file: str = "members.csv") -> pa.Table:
    """MEMBER from the text columns member, joined; raises InputError that lists every faulty line."""
    faults = Faults(file)
    members, joined = _texts(columns, ("member", "joined"), file)
    for row in _repeats(members):
        faults.at(row, "this member is listed before")
    for row in _empty(members):
        faults.at(row, "no member")
    joined_ms = _instants(joined, tz, "joined", faults, needed=True)
    faults.refuse()
    return MEMBER.table(member=members, joined_ms=joined_ms)


def accounts_of(columns: pa.Table, file: str = "members.csv") -> dict[str, str]:
    """Account, in small letters -> member: those of the text column `login`, if it is there, several in one cell.

    Whoever has none goes by the member's own name. Raises InputError that lists every account of two members. Accounts
    may be phone numbers or e-mail addresses: they go into no table, file or message.
    """
    faults = Faults(file)
    (members,) = _texts(columns, ("member",), file)
    logins = _texts(columns, ("login",), file)[0] if "login" in columns.column_names else [""] * len(members)
    owners: dict[str, str] = {}
    for row, (member, accounts) in enumerate(zip(members, logins, strict=True)):
        for account in (accounts or member).lower().split():
            if owners.setdefault(account, member) != member:
                faults.at(row, "an account in `login` is also another member's")
    faults.refuse()
    return owners


def consents_of(
    columns: pa.Table, tz: datetime.tzinfo, members: Collection[str] | None = None, file: str = "consents.csv"
) -> pa.Table:
    """CONSENT from the text columns member, purpose, merchant, given, withdrawn; raises InputError with every fault.

    Instants are ISO 8601; without a zone they are local to `tz`, and the earlier of two where clocks go back. An
    unknown member is a fault if `members` is given.
    """
    faults = Faults(file)
    names = ("member", "purpose", "merchant", "given", "withdrawn")
    member, purpose, merchant, given, withdrawn = _texts(columns, names, file)
    given_ms = _instants(given, tz, "given", faults, needed=True)
    withdrawn_ms = _instants(withdrawn, tz, "withdrawn", faults, needed=False)
    known = None if members is None else set(members)
    for row in range(len(member)):
        for what in _consent_faults(member[row], purpose[row], merchant[row], given_ms[row], withdrawn_ms[row], known):
            faults.at(row, what)
    for row in _repeats(list(zip(member, purpose, merchant, given_ms, strict=True))):
        if given_ms[row] is not None:
            faults.at(row, "the same consent is listed before")
    faults.refuse()
    return CONSENT.table(
        member=member, purpose=purpose, merchant=merchant, given_ms=given_ms, withdrawn_ms=withdrawn_ms
    )


def _consent_faults(
    member: str, purpose: str, merchant: str, given_ms: int | None, withdrawn_ms: int | None, known: set[str] | None
) -> Iterable[str]:
    if not member:
        yield "no member"
    elif known is not None and member not in known:
        yield "this member is not in members.csv"
    if purpose not in PURPOSES:
        yield f"the purpose is none of {', '.join(PURPOSES)}"
    elif (purpose == "merchant") != bool(merchant):
        yield "purpose merchant needs a merchant" if not merchant else f"purpose {purpose} takes no merchant"
    if given_ms is not None and withdrawn_ms is not None and withdrawn_ms < given_ms:
        yield "withdrawn before it was given"


def _texts(columns: pa.Table, names: Sequence[str], file: str) -> list[list[str]]:
    missing = [name for name in names if name not in columns.column_names]
    if missing:
        raise InputError(f"{file} line 1: no column {', '.join(missing)}", f"it needs the columns {', '.join(names)}")
    return [[(cell or "").strip() for cell in columns[name].to_pylist()] for name in names]


def _instants(texts: list[str], tz: datetime.tzinfo, name: str, faults: Faults, *, needed: bool) -> list[int | None]:
    """Epoch ms per text; None where it is empty or, with a fault noted, where it is no instant."""
    instants: list[int | None] = []
    for row, text in enumerate(texts):
        at_ms = _instant(text, tz) if text else None
        if at_ms is None and (text or needed):
            faults.at(row, f"{name} is no time such as 2026-11-21 09:00" if text else f"{name} is empty")
        instants.append(at_ms)
    return instants


def _instant(text: str, tz: datetime.tzinfo) -> int | None:
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((at if at.tzinfo else at.replace(tzinfo=tz)).timestamp() * 1000)


def _empty(texts: list[str]) -> Iterable[int]:
    return (row for row, text in enumerate(texts) if not text)


def _repeats(keys: Sequence[object]) -> Iterable[int]:
    """The rows whose key an earlier row has."""
    seen: set[object] = set()
    for row, key in enumerate(keys):
        if key in seen:
            yield row
        seen.add(key)
