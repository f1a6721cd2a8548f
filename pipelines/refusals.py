"""What the quality gate refuses holds up nothing else: the rest of the run goes on, and the run ends as refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from schemas import GateError


class Refusals:
    """The refusals of a run, kept until everything else is done. `note`, if given, is told of each at once."""

    def __init__(self, note: Callable[[str], object] | None = None) -> None:
        self._note = note
        self._errors: list[GateError] = []

    @contextmanager
    def kept(self, what: str = "") -> Iterator[None]:
        """A GateError of `what` ends the block alone."""
        try:
            yield
        except GateError as error:
            self._errors.append(error)
            if self._note:
                self._note(f"{what}: refused by the quality gate")

    def tell(self) -> None:
        """GateError with all that was refused, if anything was."""
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            raise GateError("\n".join(map(str, self._errors)))
