"""The embedded warehouse alone: a folder has one owner."""

import os
import subprocess
import sys

from pipelines.warehouse.embedded import Embedded


def test_a_second_opener_is_told_who_holds_the_folder(embedded: Embedded) -> None:
    script = (
        "import sys, pathlib\n"
        "from pipelines.warehouse.embedded import Embedded\n"
        "from schemas import SinkError\n"
        "try:\n    Embedded(pathlib.Path(sys.argv[1]))\n"
        "except SinkError as error:\n    print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", script, embedded.folder], capture_output=True, text=True, check=True)
    assert f"is held by process {os.getpid()}" in told.stdout
