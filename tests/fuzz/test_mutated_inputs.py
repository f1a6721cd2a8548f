"""Every reader survives a thousand spoilt inputs, each a file of its own: no exception, no lost count.

`make fuzz` does the same with a million of each format.
"""

import pytest

from tests.fuzz.mutations import Mutator
from tests.fuzz.readers import readers

INPUTS = 1_000
READERS = readers()


@pytest.mark.parametrize("name", READERS)
def test_a_thousand_spoilt_records(name: str):
    sources = [(one, Mutator(seed, one.records)) for seed, one in enumerate(READERS[name])]
    assert sources, f"no golden log of {name}"
    for number in range(INPUTS):
        reader, mutator = sources[number % len(sources)]
        record = mutator.next()
        try:
            reader.read([record])
        except Exception as error:
            pytest.fail(f"{record!r}: {error!r}")
