"""What the quality gate refuses holds up nothing else: the rest of the run goes on, and the run ends as refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from schemas import GateError


@contextmanager
def refusals(note: Callable[[str], object]) -> Iterator["Refusals"]:
    """What is refused while the block runs ends it as GateError; if another error does, `note` is told of it first."""
    kept = Refusals()
    try:
        yield kept
    except BaseException:
        for refusal in kept.errors:
            note(str(refusal))
        raise
    if len(kept.errors) == 1:
        raise kept.errors[0]
    if kept.errors:
        raise GateError("\n".join(map(str, kept.errors)))


class Refusals:
    """The refusals so far."""

    def __init__(self) -> None:
        self.errors: list[GateError] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """A GateError ends this block alone."""
        try:
            yield
        except GateError as error:
            self.errors.append(error)
