"""The control group is stable, of the share asked for, and another one for each campaign."""

import pytest

from marketing.holdout import held_out

MEMBERS = [f"member-{i}" for i in range(20_000)]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_the_share_is_kept_back(share: float) -> None:
    assert held_out(MEMBERS, "lunch", share).mean() == pytest.approx(share, abs=0.01)


def test_a_members_place_depends_on_nobody_else() -> None:
    everyone = dict(zip(MEMBERS, held_out(MEMBERS, "lunch", 0.1), strict=True))
    some = MEMBERS[::-7]
    assert [everyone[member] for member in some] == held_out(some, "lunch", 0.1).tolist()


def test_a_larger_share_only_adds() -> None:
    small, large = held_out(MEMBERS, "lunch", 0.1), held_out(MEMBERS, "lunch", 0.2)
    assert not (small & ~large).any()


def test_campaigns_and_salts_draw_independently() -> None:
    lunch, dinner = held_out(MEMBERS, "lunch", 0.1), held_out(MEMBERS, "dinner", 0.1)
    salted = held_out(MEMBERS, "lunch", 0.1, salt="2027")
    assert (lunch & dinner).mean() == pytest.approx(0.01, abs=0.004)
    assert (lunch & salted).mean() == pytest.approx(0.01, abs=0.004)


def test_the_draw_is_the_same_on_every_machine_and_in_every_version() -> None:
    drawn = held_out(MEMBERS[:60], "lunch", 0.1)
    kept_back = [number for number, out in enumerate(drawn) if out]
    assert kept_back == [4, 20, 28, 33, 45, 50]
