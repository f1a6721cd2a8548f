"""examples/systemd: systemd accepts the units, and they do nothing but call the command."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.product.command import ROOT

UNITS = ROOT / "examples" / "systemd"
COMMAND = "/opt/shangquan/bin/shangquan"


@pytest.mark.parametrize(
    ("unit", "command"),
    [
        ("shangquan.service", "run --config /srv/shangquan/district --since 4d"),
        ("shangquan-capture.service", "capture --config /srv/shangquan/district --feed door --interface wlan0mon"),
    ],
)
def test_a_service_only_calls_the_command(unit: str, command: str) -> None:
    lines = (UNITS / unit).read_text().splitlines()
    assert [line for line in lines if line.startswith("Exec")] == [f"ExecStart={COMMAND} {command}"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed (package systemd)")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace(COMMAND, shutil.which("true") or "/bin/true"))
    units = sorted(map(str, tmp_path.iterdir()))
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
