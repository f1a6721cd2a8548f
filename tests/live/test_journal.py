"""The journal and what is written from it: torn by a kill at any byte, steps and lines stay whole and single."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.live.journal import Journal, Read, Step, of_feeds, steps_of
from pipelines.live.outputs import Outputs
from pipelines.live.tail import Tail
from schemas import InputError

STEPS = [Step(n, (Read("mall", "a.log", n * 10, n * 10 + 10, n, n + 1, 0),), {"other": n}) for n in (1, 2, 3)]


def journaled(path: Path) -> bytes:
    journal = Journal(path)
    for step in STEPS:
        journal.append(step)
    journal.close()
    return path.read_bytes()


def test_steps_come_back_as_they_were(tmp_path: Path) -> None:
    journaled(tmp_path / "journal")
    assert list(steps_of(tmp_path / "journal")) == STEPS


def test_a_step_torn_by_a_kill_was_never_acted_on(tmp_path: Path) -> None:
    whole = journaled(tmp_path / "journal")
    ends = [end + 1 for end, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:cut])
        Journal(tmp_path / "cut").close()
        assert list(steps_of(tmp_path / "cut")) == STEPS[: sum(end <= cut for end in ends)]


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text('{"hello": 1}\n')
    with pytest.raises(InputError, match="not a journal"):
        list(steps_of(tmp_path / "journal"))


def test_lines_written_again_after_a_kill_stand_there_once(tmp_path: Path) -> None:
    rows = [pa.table({"n": [n]}) for n in range(5)]
    outputs = Outputs(tmp_path, {})
    for row in rows:
        outputs.append("out.ndjson", row)
    whole = (tmp_path / "out.ndjson").read_bytes()
    for cut in range(len(whole) + 1):  # the kill left so much; the snapshot knew of nothing
        (tmp_path / "out.ndjson").write_bytes(whole[:cut])
        again = Outputs(tmp_path, {})
        for row in rows:
            again.append("out.ndjson", row)
        assert (tmp_path / "out.ndjson").read_bytes() == whole


def test_lines_that_a_step_no_longer_says_are_replaced(tmp_path: Path) -> None:
    first = Outputs(tmp_path, {})
    for word in ("kept", "withdrawn", "later"):
        first.append("out.ndjson", pa.table({"word": [word]}))
    again = Outputs(tmp_path, {"out.ndjson": len('{"word":"kept"}\n')})
    again.append("out.ndjson", pa.table({"word": ["x"]}))
    assert (tmp_path / "out.ndjson").read_text() == '{"word":"kept"}\n{"word":"x"}\n'


def test_a_journal_of_other_feeds_is_refused(tmp_path: Path) -> None:
    journaled(tmp_path / "journal")
    assert list(of_feeds(steps_of(tmp_path / "journal"), ("mall", "other"))) == STEPS
    with pytest.raises(InputError, match=r"step 1 reads feed other, which district\.toml lacks"):
        list(of_feeds(steps_of(tmp_path / "journal"), ("mall", "street")))


def test_a_tail_gives_whole_lines_and_each_once(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    tail = Tail("mall", tmp_path, "*.log")
    log.write_bytes(b"one\ntwo\nthr")
    first = tail.new(tail.sizes(), last=False)
    assert first is not None and (first.start, first.end, first.line, first.next_line) == (0, 8, 1, 3)
    tail.moved(first)
    assert tail.new(tail.sizes(), last=False) is None
    log.write_bytes(b"one\ntwo\nthree\n")
    second = tail.new(tail.sizes(), last=False)
    assert second is not None and (second.start, second.end, second.line) == (8, 14, 3)


def test_at_the_end_a_line_without_its_end_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"one\ntwo")
    tail = Tail("mall", tmp_path, "*.log")
    read = tail.new(tail.sizes(), last=True)
    assert read is not None and read.end == 7


def test_a_read_is_cut_before_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"one\ntwo\nthree\n")
    tail = Tail("mall", tmp_path, "*.log")
    read = tail.new(tail.sizes(), last=False)
    assert read is not None
    part = tail.up_to(read, 3)
    assert (part.end, part.next_line) == (8, 3)
