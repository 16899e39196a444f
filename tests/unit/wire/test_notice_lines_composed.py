import pytest

from tests.costs import spend_at_most
from worker.values.entries import Notice
from worker.wire.notice_lines import read_bare_notice, read_note


@pytest.mark.parametrize(
    ("line", "notice", "number", "urgency"),
    [
        ("1ST LEAD", Notice.UPDATE, 1, None),
        ("URGENT 1ST LEAD", Notice.UPDATE, 1, 3),
        ("URGENT - 2nd lead", Notice.UPDATE, 2, 3),
        ("2ND LD-WRITETHRU", Notice.UPDATE, 2, None),
        ("2ND LD URGENT", Notice.UPDATE, 2, 3),
        ("BULLETIN CORRECTION", Notice.CORRECTION, None, 2),
        ("EIL - 2. Zusammenfassung", Notice.UPDATE, 2, 2),
        ("RPT UPDATE 2", Notice.REPEAT, 2, None),
        ("3RD ADD", Notice.TAKE, 3, None),
    ],
)
def test_a_line_may_hold_several_notices(line: str, notice: Notice, number: int | None, urgency: int | None) -> None:
    read = read_bare_notice(line)
    assert read
    assert (read.notice, read.number, read.urgency) == (notice, number, urgency)


@pytest.mark.parametrize("line", ["URGENT talks fail", "Lead 2 falls", "²ST LEAD", "1ST", "", "URGENT URGENT x"])
def test_a_line_with_any_other_word_holds_none(line: str) -> None:
    assert read_bare_notice(line) is None


def test_afp_calls_its_editors_attention_without_brackets() -> None:
    assert read_note("ATTENTION - ADDS quotes ///") == ("ADDS quotes", Notice.UPDATE)


def test_a_line_of_many_notices_costs_next_to_nothing() -> None:
    spend_at_most(0.1, lambda: [read_bare_notice("URGENT " * words + "x") for words in range(60)])
