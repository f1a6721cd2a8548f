"""Run as a process of its own: FOLDER VISITS [CALL NTH]. Says what is visible, loads a day, dies at that call.

The gate is left out: Great Expectations takes longer to import than all of this.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipelines.warehouse.digest import digest
from pipelines.warehouse.embedded import Embedded
from pipelines.warehouse.load import load
from tests.warehouse.small_day import day_of, tables_of


class Mortal(Embedded):
    """A warehouse whose process dies before the nth call of `call`, or after it where the name ends in `!`."""

    def dies_at(self, call: str, nth: int) -> None:
        name, after, left = call.rstrip("!"), call.endswith("!"), [nth]
        method = getattr(self, name)

        def dying(*arguments: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = method(*arguments)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(self, name, dying)


def main(folder: str, visits: str, *death: str) -> None:
    with Mortal(Path(folder)) as warehouse:
        sys.stdout.write(digest(warehouse, "d") + "\n")
        sys.stdout.flush()
        if death:
            warehouse.dies_at(death[0], int(death[1]))
        load(warehouse, day=day_of("d"), definition="x", run="r", tables=tables_of(int(visits)))
        rows = warehouse.query("SELECT count() AS n FROM sighting")["n"][0].as_py()
        sys.stdout.write(f"{digest(warehouse, 'd')}\n{rows}\n")


if __name__ == "__main__":
    with patch("pipelines.warehouse.load.Gate"):
        main(*sys.argv[1:])
