"""`make fuzz`: a million spoilt records for each format; what was found, as a table. Ends with 1 if anything was.

Records are read a few hundred to a file, for speed; a file that a reader cannot bear is halved down to its record,
which is printed so that it can become a golden one. A reader that hangs is killed with the place where it hangs.
"""

import argparse
import faulthandler
import sys
import time
from collections.abc import Iterator, Sequence

from tests.fuzz.mutations import Mutator
from tests.fuzz.readers import Reader, readers

IN_A_FILE = 400
HANGS_AFTER_S = 120


def main() -> int:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="spoilt records for each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", action="append", help="only this one; may be given several times")
    asked = parser.parse_args()
    print("| format | spoilt records | records read | rows | found | s |\n|---|---|---|---|---|---|", flush=True)
    all_readers = readers()
    return max(
        _fuzzed(name, all_readers[name], asked.inputs, asked.seed) for name in asked.format or sorted(all_readers)
    )


def _fuzzed(name: str, of_format: Sequence[Reader], inputs: int, seed: int) -> int:
    """1 if something was found, with the records that did it on stderr."""
    start, given, read, rows, found = time.monotonic(), 0, 0, 0, list[tuple[bytes, str]]()
    for number, reader in enumerate(of_format):
        mutator = Mutator(seed + number, reader.records)
        for _ in range(-(-inputs // len(of_format) // IN_A_FILE)):
            records = [mutator.next() for _ in range(IN_A_FILE)]
            faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
            try:
                reading = reader.read(records)
                read, rows = read + reading.read, rows + reading.at_ms.size
            except Exception:
                found += _culprits(reader, records)
            given += IN_A_FILE
    faulthandler.cancel_dump_traceback_later()
    seconds = time.monotonic() - start
    print(f"| {name} | {given:,} | {read:,} | {rows:,} | {len(found)} | {seconds:.0f} |", flush=True)
    for record, error in found[:5]:
        print(f"{name}: {record!r}\n    {error}", file=sys.stderr)
    return bool(found)


def _culprits(reader: Reader, records: Sequence[bytes]) -> Iterator[tuple[bytes, str]]:
    """The records that do it alone; a file that only does it as a whole is told as one."""
    alone = [(record, error) for record in records if (error := _error(reader, [record]))]
    yield from alone or [(b"\n".join(records), _error(reader, records))]


def _error(reader: Reader, records: Sequence[bytes]) -> str:
    try:
        reader.read(records)
    except Exception as error:
        return repr(error)
    return ""


if __name__ == "__main__":
    sys.exit(main())
