"""Pseudonyms: their published form, and nothing without the key."""

import hashlib
import hmac
import time

import numpy as np
import pyarrow as pa

from privacy.pseudonyms import NO_MAC, Pseudonyms, is_random

KEY = b"k" * 32
PHONE = 0x02_00_5E_00_53_01


def day_form(key: bytes, address: bytes) -> int:
    return int.from_bytes(hmac.new(key, address, hashlib.sha256).digest()[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF


def test_a_day_pseudonym_is_63_bits_of_the_hmac_of_the_raw_address():
    pseudonym = Pseudonyms(KEY, members=False).of_macs(np.array([PHONE], np.uint64))
    assert pseudonym.tolist() == [day_form(KEY, bytes.fromhex("02005e005301"))]


def test_a_members_pseudonym_is_the_same_with_the_sign_bit_set():
    macs = np.array([PHONE], np.uint64)
    day, member = (Pseudonyms(KEY, members=members).of_macs(macs)[0] for members in (False, True))
    assert member < 0 <= day
    assert int(member) & 0x7FFF_FFFF_FFFF_FFFF == int(day)


def test_an_opaque_address_is_hashed_as_utf8():
    assert Pseudonyms(KEY, members=False).of_texts(["訪客-7"]).tolist() == [day_form(KEY, "訪客-7".encode())]


def test_under_another_key_nothing_agrees():
    macs = np.arange(PHONE, PHONE + 1000, dtype=np.uint64)
    one, other = (Pseudonyms(key, members=False).of_macs(macs) for key in (KEY, b"q" * 32))
    assert not np.isin(one, other).any()


def test_a_column_with_both_kinds_of_address():
    under = Pseudonyms(KEY, members=False)
    opaque = pa.array([None, "b", None, None, "a"]).dictionary_encode()
    pseudonyms = under.of_rows(np.array([7, NO_MAC, 7, 9, NO_MAC], np.uint64), opaque)
    seven, nine = under.of_macs(np.array([7, 9], np.uint64))
    a, b = under.of_texts(["a", "b"])
    assert pseudonyms.tolist() == [seven, b, seven, nine, a]


def test_the_second_lowest_bit_of_the_first_octet_tells_a_random_mac():
    macs = np.array([0x02_00_00_00_00_00, 0x00_02_00_00_00_00, 0xDA_A1_19_00_00_01, 0x3C_22_FB_00_00_01], np.uint64)
    assert is_random(macs).tolist() == [True, False, True, False]


def test_a_large_day_of_distinct_addresses_takes_seconds():
    macs = np.arange(PHONE, PHONE + 300_000, dtype=np.uint64)
    begin = time.perf_counter()
    assert len(np.unique(Pseudonyms(KEY, members=False).of_macs(macs))) == len(macs)
    assert time.perf_counter() - begin < 5
