"""From a parser's reading to sightings: window, clock, subjects, names; nothing counted twice or lost."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest

from ingest.addresses import Addresses
from ingest.feed import Feed
from ingest.own_devices import OwnDevices
from ingest.reading import NO_MAC, NO_SIGNAL, Reading
from ingest.registry import from_data
from ingest.sightings import sightings_of
from ingest.subjects import Subjects
from privacy.listed import Listed, pseudonyms_of
from privacy.pseudonyms import Pseudonyms
from schemas import DEVICE, MEMBER_DEVICE, SIGHTING, PrivacyError
from schemas.day import Day
from schemas.sighting import JOINED, STAMPED

DAY_KEY, MEMBERS_KEY, OPT_OUT_KEY = b"d" * 32, b"m" * 32, b"o" * 32
DAY = Day("north", datetime.date(2026, 11, 21), 1000, 2000, 500, 2500)
FEED = Feed("aruba", "csv")
RANDOM, VENDOR = 0x02_00_5E_00_00_01, 0x00_00_5E_00_53_02


def reading(*rows: tuple[int, int | str]) -> Reading:
    """A reading of (instant, address) rows, all joined at ap-1."""
    n = len(rows)
    texts = [address if isinstance(address, str) else None for _, address in rows]
    return Reading(
        at_ms=np.array([at for at, _ in rows], np.int64),
        mac=np.array([NO_MAC if isinstance(address, str) else address for _, address in rows], np.uint64),
        opaque=pa.array(texts, pa.string()).dictionary_encode() if any(texts) else None,
        ap=pa.array(["ap-1"] * n, pa.string()).dictionary_encode(),
        kind=np.full(n, JOINED, np.int8),
        signal_dbm=np.array([NO_SIGNAL, *[-60] * (n - 1)], np.int16)[:n],
        line=np.arange(1, n + 1),
        rejects=[],
        ignored={},
        read=n,
    )


def taken(rows, subjects: Subjects | None = None):
    sightings, devices, left_out = sightings_of(
        reading(*rows), FEED, "a/b.log", from_data(), DAY, subjects or Subjects(DAY_KEY)
    )
    counts = {status: len(at_ms) for status, at_ms in left_out.items()}
    inside = sum(DAY.window_start_ms <= at_ms < DAY.window_end_ms for at_ms, _ in rows)
    assert len(sightings) + sum(counts.values()) == inside
    assert sightings.schema == SIGHTING.arrow
    assert devices.schema == DEVICE.arrow
    return sightings, devices, counts


def pseudonym(address: int | str, key: bytes = DAY_KEY) -> int:
    under = Pseudonyms(key, members=key == MEMBERS_KEY)
    one = under.of_texts([address]) if isinstance(address, str) else under.of_macs(np.array([address], np.uint64))
    return int(one[0])


def member_of(address: int, *spans: tuple[int, int]) -> pa.Table:
    n, starts, ends = len(spans), [span[0] for span in spans], [span[1] for span in spans]
    device = [pseudonym(address, MEMBERS_KEY)] * n
    return MEMBER_DEVICE.table(device=device, member=["m-1"] * n, from_ms=starts, until_ms=ends)


def test_a_row_keeps_its_place_and_what_was_heard():
    sightings, _, _ = taken([(1000, RANDOM), (1001, RANDOM)])
    assert sightings.drop(["subject"]).to_pylist()[1] == {
        "at_ms": 1001, "ap": "ap-1", "kind": JOINED, "signal_dbm": -60, "feed": "aruba", "file": "a/b.log", "line": 2,
        "time_quality": STAMPED,
    }  # fmt: skip
    assert sightings["signal_dbm"].to_pylist() == [None, -60]


def test_the_window_is_half_open_and_wider_than_the_day():
    sightings, devices, counts = taken([(499, VENDOR), (500, RANDOM), (2499, RANDOM), (2500, RANDOM)])
    assert sightings["at_ms"].to_pylist() == [500, 2499]
    assert counts == {"opted-out": 0, "own-device": 0}
    assert len(devices) == 1


def test_devices_tell_a_random_address_without_naming_it():
    sightings, devices, _ = taken([(1000, RANDOM), (1000, VENDOR), (1000, "user-7"), (1001, RANDOM)])
    assert sightings["subject"].to_pylist() == [pseudonym(a) for a in (RANDOM, VENDOR, "user-7", RANDOM)]
    known = dict(zip(devices["subject"].to_pylist(), devices["random"].to_pylist(), strict=True))
    assert known == {pseudonym(RANDOM): True, pseudonym(VENDOR): False, pseudonym("user-7"): None}


def test_a_member_is_a_stranger_before_the_span_and_after_it():
    subjects = Subjects(DAY_KEY, MEMBERS_KEY, member_of(VENDOR, (1000, 1200), (1500, 1600)))
    at = [999, 1000, 1199, 1200, 1499, 1500, 1600]
    sightings, _, _ = taken([(t, VENDOR) for t in at], subjects)
    day, member = pseudonym(VENDOR), pseudonym(VENDOR, MEMBERS_KEY)
    assert sightings["subject"].to_pylist() == [day, member, member, day, day, member, day]


def test_the_day_pseudonym_of_a_member_is_published_nowhere():
    subjects = Subjects(DAY_KEY, MEMBERS_KEY, member_of(VENDOR, (0, 9999)))
    sightings, devices, _ = taken([(1000, VENDOR), (1000, RANDOM)], subjects)
    assert pseudonym(VENDOR) not in [*sightings["subject"].to_pylist(), *devices["subject"].to_pylist()]


def test_an_opted_out_address_is_dropped_even_of_a_member():
    listed = pseudonyms_of(OPT_OUT_KEY, np.array([VENDOR], np.uint64), ["user-7"])
    subjects = Subjects(DAY_KEY, MEMBERS_KEY, member_of(VENDOR, (0, 9999)), Listed(OPT_OUT_KEY, listed))
    sightings, _, counts = taken([(1000, VENDOR), (1000, "user-7"), (1000, RANDOM), (0, VENDOR)], subjects)
    assert sightings["subject"].to_pylist() == [pseudonym(RANDOM)]
    assert counts == {"opted-out": 2, "own-device": 0}


def test_own_devices_are_dropped_by_list_and_by_vendor_and_an_objection_comes_first():
    listed = Listed(OPT_OUT_KEY, pseudonyms_of(OPT_OUT_KEY, np.zeros(0, np.uint64), ["user-7", "user-8"]))
    objects = Listed(MEMBERS_KEY, pseudonyms_of(MEMBERS_KEY, np.zeros(0, np.uint64), ["user-7"]))
    subjects = Subjects(DAY_KEY, opt_outs=objects, own=OwnDevices(listed, vendors=(VENDOR >> 24,)))
    sightings, devices, counts = taken([(1000, VENDOR), (1000, "user-7"), (1000, "user-8"), (1001, RANDOM)], subjects)
    assert sightings["subject"].to_pylist() == devices["subject"].to_pylist() == [pseudonym(RANDOM)]
    assert counts == {"opted-out": 1, "own-device": 2}


def test_spans_told_later_are_as_if_they_had_been_known():
    """Of devices met before and after, of ones that had spans and ones that had none, told once and again."""
    phones = [VENDOR + n for n in range(6)]
    mine = {phone: pseudonym(phone, MEMBERS_KEY) for phone in phones}

    def spans(**of: tuple[int, int]) -> pa.Table:
        rows = sorted((mine[phones[int(name[1:])]], *span) for name, span in of.items())
        columns = list(zip(*rows, strict=True))
        return MEMBER_DEVICE.table(device=columns[0], member=["m"] * len(rows), from_ms=columns[1], until_ms=columns[2])

    known = Subjects(DAY_KEY, MEMBERS_KEY, spans(p0=(600, 700), p1=(600, 700), p4=(600, 700)))
    met = [(650, phone) for phone in phones[:3]]
    taken(met, known)
    known.know(np.array([mine[phones[n]] for n in (1, 2, 4)]), spans(p1=(800, 900), p2=(800, 900), p4=(800, 900)))
    known.know(np.array([mine[phones[n]] for n in (2, 5)]), spans(p2=(1800, 1900), p5=(1800, 1900)))
    ended = spans(p0=(600, 700), p1=(800, 900), p2=(1800, 1900), p4=(800, 900), p5=(1800, 1900))
    rows = [(at, phone) for phone in phones for at in (650, 850, 1850)]
    at_once, _, _ = taken(rows, Subjects(DAY_KEY, MEMBERS_KEY, ended))
    assert taken(rows, known)[0]["subject"].to_pylist() == at_once["subject"].to_pylist()
    known.know(np.array([mine[phones[0]]]), MEMBER_DEVICE.empty())
    assert taken([(650, phones[0])], known)[0]["subject"].to_pylist() == [pseudonym(phones[0])]


def test_members_that_cannot_be_recognised_stop_the_run():
    with pytest.raises(PrivacyError):
        Subjects(DAY_KEY, None, member_of(VENDOR, (0, 1)))


def test_nothing_read_is_nothing_kept():
    sightings, devices, _ = taken([])
    assert (len(sightings), len(devices)) == (0, 0)


def test_batches_of_one_job_agree_however_the_log_was_cut():
    rows = [(1000 + i, [RANDOM, VENDOR, "user-7", VENDOR + 1 + i][i % 4]) for i in range(40)]
    member = member_of(VENDOR, (1010, 1020))
    whole, devices, _ = taken(rows, Subjects(DAY_KEY, MEMBERS_KEY, member))
    subjects = Subjects(DAY_KEY, MEMBERS_KEY, member)
    parts = [taken(rows[at : at + 7], subjects) for at in range(0, 40, 7)]
    assert pa.concat_tables([part[0] for part in parts])["subject"].to_pylist() == whole["subject"].to_pylist()
    assert pa.concat_tables([part[1] for part in parts]).sort_by("subject") == devices


def test_each_device_is_told_once_in_a_job():
    subjects = Subjects(DAY_KEY)
    assert taken([(1000, VENDOR), (1001, VENDOR)], subjects)[1]["subject"].to_pylist() == [pseudonym(VENDOR)]
    assert taken([(1002, RANDOM), (1003, VENDOR)], subjects)[1]["subject"].to_pylist() == [pseudonym(RANDOM)]


def test_threads_share_what_is_known():
    subjects = Subjects(DAY_KEY)
    rows = [[(1000, (VENDOR + at * 37 + i) % 2**48) for i in range(200)] for at in range(40)]
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda batch: taken(batch, subjects), rows))
    for batch, (sightings, _, _) in zip(rows, batches, strict=True):
        assert sightings["subject"].to_pylist() == [pseudonym(address) for _, address in batch]
    told = [subject for _, devices, _ in batches for subject in devices["subject"].to_pylist()]
    assert len(told) == len(set(told)) == len({address for batch in rows for _, address in batch})


def test_many_addresses_keep_their_numbers_while_the_table_grows():
    addresses = Addresses()
    macs = np.random.default_rng(1).integers(0, 2**48, 100_000).astype(np.uint64)
    for at in range(0, len(macs), 9000):
        addresses.numbered(macs[at : at + 9000], None)
    number, fresh, _ = addresses.numbered(macs, None)
    _, first, inverse = np.unique(macs, return_index=True, return_inverse=True)
    assert len(fresh) == 0
    assert number.tolist() == np.argsort(np.argsort(first))[inverse].tolist()
