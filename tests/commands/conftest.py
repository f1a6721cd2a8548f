"""The command line as a function, and the corner district with its day run once."""

import contextlib
import io
import sys

import pytest

from pipelines.cli import main
from tests.commands.corner import DAY, Command, Corner, Outcome, write_corner


@pytest.fixture(scope="session")
def shangquan() -> Command:
    """`shangquan(*arguments)`: the command line, in this process."""

    def run(*arguments: object) -> Outcome:
        out, err, code = io.StringIO(), io.StringIO(), 0
        before = sys.argv
        sys.argv = ["shangquan", *map(str, arguments)]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.argv = before
        return Outcome(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def corner(shangquan: Command, tmp_path_factory: pytest.TempPathFactory) -> Corner:
    made = write_corner(tmp_path_factory.mktemp("corner"))
    for definition in ("default", "by-site"):
        done = shangquan("run", *made.options, "--day", DAY, "--definition", definition)
        assert done.code == 0, done.err
    return made
