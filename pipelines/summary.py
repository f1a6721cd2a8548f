"""How every command ends: one line of counts and a path, or the same as JSON; and how long work shows itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Summary:
    """Counts by name, in the order to be read, and where to look."""

    counts: dict[str, int] = field(default_factory=dict)
    path: Path | None = None
    head: str = ""

    def line(self) -> str:
        """E.g. `2026-11-21  read 1,248,010  kept 1,230,144  (data/ledger/...)`."""
        counts = "  ".join(f"{name} {count:,}" for name, count in self.counts.items())
        where = f"({_nearby(self.path)})" if self.path else ""
        return "  ".join(part for part in (self.head, counts, where) if part)

    def json(self) -> str:
        about = {"about": self.head} if self.head else {}
        where = {"path": str(self.path)} if self.path else {}
        return json.dumps({**about, **self.counts, **where}, ensure_ascii=False)


def _nearby(path: Path) -> Path:
    """The path from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class Reporter:
    """Says what happens: lines on stdout, a progress bar on stderr where that is a terminal, JSON lines on demand."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._console = Console(stderr=True)

    def say(self, summary: Summary) -> None:
        typer.echo(summary.json() if self.as_json else summary.line())

    def note(self, text: str) -> None:
        """A plain remark, on stderr."""
        typer.echo(text, err=True)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Advance]:
        """A bar of `total` units, on a terminal only; yields a function that moves it on."""
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        shown = self._console.is_terminal and not self.as_json
        with Progress(*columns, console=self._console, transient=True, disable=not shown) as bar:
            task = bar.add_task(what, total=total)
            yield lambda step: bar.advance(task, step)
