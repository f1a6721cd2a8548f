"""What the gate refuses is told at the end, whatever the end is."""

import pytest

from pipelines.refusals import refusals
from schemas import GateError, SinkError

ONE, OTHER = GateError("Monday", "see its page"), GateError("Tuesday", "see that page")


def run_with(*errors: GateError) -> int:
    """How many blocks were done, refused or not."""
    done = 0
    with refusals(pytest.fail) as refused:
        for error in (*errors, None):
            with refused.kept():
                done += 1
                if error:
                    raise error
    return done


def test_a_run_without_refusals_ends_well() -> None:
    assert run_with() == 1


def test_one_refusal_is_the_error_of_the_run_and_several_are_told_together() -> None:
    with pytest.raises(GateError, match="Monday") as one:
        run_with(ONE)
    assert one.value is ONE
    with pytest.raises(GateError, match=r"Monday\n    see its page\nTuesday\n    see that page"):
        run_with(ONE, OTHER)


def test_another_error_ends_the_run_and_the_refusals_before_it_are_noted() -> None:
    noted: list[str] = []
    with pytest.raises(SinkError, match="the warehouse is gone"), refusals(noted.append) as refused:
        with refused.kept():
            raise ONE
        raise SinkError("the warehouse is gone")
    assert noted == ["Monday\n    see its page"]
