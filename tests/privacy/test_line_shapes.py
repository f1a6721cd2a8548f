"""The shape of a line tells that messages changed, and nothing of whom they were about."""

import re

import pytest

from privacy.line_shapes import WIDTH, WORDS, shape_of

NAMED = (
    "02:aa:bb:cc:dd:ee",
    "02-AA-BB-CC-DD-EE",
    "02aa.bbcc.ddee",
    "02aabbccddee",
    "FE:ED:FA:CE:BE:AD",
    "fe80::2aa:bbff:fecc:ddee",
    "198.51.100.7",
    "li.wei@example.cn",
    "13800138000",
    "+86 138 0013 8000",
    "李伟",
    "Müller",
    "liwei",
)


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("line", ["wlan0: STA {} attached", 'user="{}" login', "{}", "STA_{}_associated", "x={},y"])
def test_no_part_of_an_address_or_a_name_is_left(line: str, named: str) -> None:
    left = re.split(r"[\W_]+", shape_of(line.format(named)).lower())
    assert not set(re.split(r"[\W_]+", named.lower())) & set(left) - {"", "0"}


def test_lines_of_one_message_have_one_shape_and_another_word_has_another() -> None:
    def line(address: str, word: str) -> str:
        return f"wlan0: STA {address} IEEE 802.11: {word} (aid 4)"

    before = {shape_of(line(address, "associated")) for address in ("02:aa:0b:cc:0d:ee", "02:11:0b:22:0d:33")}
    assert shape_of(line("02:aa:0b:cc:0d:ee", "attached")) not in before
    assert shape_of("hostapd: STA 7 associated (aid 12)") == "hostapd: sta 0 associated (aid 0)"


def test_no_word_that_is_kept_could_be_a_part_of_an_address() -> None:
    assert not [word for word in WORDS if set(word) <= set("0123456789abcdef")]
    assert all(word.isalpha() for word in WORDS)


def test_a_long_line_is_cut() -> None:
    assert len(shape_of("sta " * 100_000)) <= WIDTH
