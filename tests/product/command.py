"""The command line as tests use it: `shangquan(...)` in this process, `process(...)` as one of its own."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from pipelines.cli import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended and everything it said."""

    code: int
    out: str
    err: str

    def refused(self, code: int) -> str:
        """What it said when it refused with `code`: a message on stderr, no traceback anywhere."""
        assert self.code == code, self
        assert self.err.startswith("shangquan: "), self
        assert "Traceback" not in self.err + self.out, self
        return self.err

    def done(self) -> str:
        """What it said on stdout when it ended well."""
        assert self.code == 0, self
        return self.out


def shangquan(*arguments: object) -> Ended:
    """The command with these arguments, through `main`. A bug raises."""
    out, err = io.StringIO(), io.StringIO()
    with patch.object(sys, "argv", ["shangquan", *map(str, arguments)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())


def process(*arguments: object) -> Ended:
    """The same in a process of its own."""
    ended = subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=600, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]
