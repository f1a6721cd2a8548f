"""No address and no unkeyed hash of one in anything that the product writes or says (PRIVACY R10, R11).

Every file of the data folder and of the keyring's is read byte by byte, and once more decoded where a format packs its
values: Parquet columns, warehouse tables, sheets of a workbook.
"""

import gzip
import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.warehouse.embedded import Embedded
from tests.product.conftest import District

HASHES = ("md5", "sha1", "sha256", "blake2b")
WORDS = re.compile(rb"(?<![0-9a-f])[0-9a-f]{2}(?:[:.-]?[0-9a-f]{2}){5,}")


class Secrets:
    """Every way in which the addresses of a simulated district might show."""

    def __init__(self, addresses: list[str]) -> None:
        self.bare = {address.replace(":", "").encode() for address in addresses}
        self.raw = [
            raw[::step] for raw in map(bytes.fromhex, (b.decode() for b in sorted(self.bare))) for step in (1, -1)
        ]
        notations = [text for address in addresses for text in _notations(address)]
        digests = [_digest(name, text) for text in notations for name in HASHES]
        self.hashes = {digest.hex().encode() for digest in digests}
        self.heads = {digest[:8] for digest in digests}
        integers = [int.from_bytes(head, order, signed=signed) for head in self.heads for order, signed in _INTEGERS]
        macs = [int(bare, 16) for bare in self.bare]
        self.integers = pa.array(sorted({n for n in [*integers, *macs] if -(2**63) <= n < 2**63}), pa.int64())

    def in_bytes(self, data: bytes) -> list[bytes]:
        """Addresses in any notation or as six bytes, and hexadecimal hashes that `data` holds, upper or lower case."""
        words = {re.sub(rb"[:.-]", b"", word) for word in WORDS.findall(data.lower())}
        runs = {word[at : at + 12] for word in words for at in range(0, len(word) - 11, 2)} if words else set()
        whole = {word[:length] for word in words for length in (32, 40, 64, 128)}
        return sorted((runs & self.bare) | (whole & self.hashes) | {raw for raw in self.raw if raw in data})

    def in_column(self, column: pa.ChunkedArray) -> list[object]:
        """The same in the values of a column; of integers, those that are an address or the head of a hash."""
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind):
            texts = pc.unique(column.cast(kind)).drop_null().to_pylist()
            joined = b"\n".join(text if isinstance(text, bytes) else text.encode() for text in texts)
            return list(self.in_bytes(joined))
        if pa.types.is_int64(kind) or pa.types.is_uint64(kind):
            values = column.cast(pa.int64(), safe=False)
            return values.filter(pc.is_in(values, self.integers)).to_pylist()
        return []


_INTEGERS = (("big", True), ("big", False), ("little", True), ("little", False))


def _notations(address: str) -> Iterator[bytes]:
    bare = address.replace(":", "")
    dotted = ".".join(bare[at : at + 4] for at in (0, 4, 8))
    for text in (address, address.replace(":", "-"), dotted, bare):
        yield text.encode()
        yield text.upper().encode()
    yield bytes.fromhex(bare)


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data, usedforsecurity=False).digest()


@pytest.fixture(scope="module")
def secrets(district: District) -> Secrets:
    return Secrets((district.made.truth / "addresses.txt").read_text().split())


def test_the_run_had_something_to_leak(district: District, secrets: Secrets):
    assert district.ended.code == 0, district.ended
    assert len(secrets.bare) > 100
    raw = b"".join(path.read_bytes() for path in district.made.raw.rglob("*.*"))
    assert len(secrets.in_bytes(raw)) > 100
    assert any(path.suffix == ".parquet" for path in district.data.rglob("exports/**/*"))


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "blake2b"])
def test_a_planted_hash_is_found(secrets: Secrets, district: District, name: str):
    address = (district.made.truth / "addresses.txt").read_text().split()[0].upper()
    digest = _digest(name, address.encode())
    assert secrets.in_bytes(b'{"device":"' + digest.hex().upper().encode() + b'"}')
    assert secrets.in_column(pa.chunked_array([[1, int.from_bytes(digest[:8], "big", signed=True)]]))


@pytest.mark.parametrize("separator", [":", "-", ".", ""])
def test_a_planted_address_is_found(secrets: Secrets, district: District, separator: str):
    bare = (district.made.truth / "addresses.txt").read_text().split()[-1].replace(":", "")
    step = 4 if separator == "." else 2
    text = separator.join(bare[at : at + step] for at in range(0, 12, step))
    assert secrets.in_bytes(f"STA {text.upper()} left".encode())
    assert secrets.in_column(pa.chunked_array([["ok", text]]))
    assert secrets.in_column(pa.chunked_array([[int(bare, 16)]]))


def test_nothing_said_names_an_address(district: District, secrets: Secrets):
    assert secrets.in_bytes((district.ended.out + district.ended.err).encode()) == []


def test_no_byte_of_any_file_holds_an_address(district: District, secrets: Secrets):
    keys = district.data.with_name(district.data.name + ".keys")
    paths = [path for folder in (district.data, keys) for path in folder.rglob("*") if path.is_file()]
    assert len(paths) > 50
    found = {path: hits for path in paths for name, data in _contents(path) if (hits := secrets.in_bytes(data))}
    assert found == {}


def test_no_parquet_column_holds_an_address(district: District, secrets: Secrets):
    paths = sorted(district.data.rglob("*.parquet"))
    assert len(paths) > 10
    for path in paths:
        rows = pq.read_table(path, partitioning=None)
        for name, column in zip(rows.column_names, rows.columns, strict=True):
            assert secrets.in_column(column) == [], f"{path.name} {name}"


def test_no_table_of_the_warehouse_holds_an_address(district: District, secrets: Secrets):
    with Embedded(district.data / "warehouse") as warehouse:
        tables = warehouse.query("SELECT name FROM system.tables WHERE database = currentDatabase()")
        assert len(tables) > 10
        for table in tables["name"].to_pylist():
            rows = warehouse.query(f"SELECT * FROM `{table}`")
            for name, column in zip(rows.column_names, rows.columns, strict=True):
                assert secrets.in_column(column) == [], f"{table} {name}"


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and what they hold once unpacked."""
    data = path.read_bytes()
    yield path.name, data
    if data.startswith(b"\x1f\x8b"):
        yield path.name, gzip.decompress(data)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())
