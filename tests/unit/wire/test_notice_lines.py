import time

import pytest

from worker.values.entries import Notice
from worker.wire.notice_lines import notice_of_opening, read_bare_notice, read_headline, read_note


@pytest.mark.parametrize(
    ("headline", "text", "notice", "number", "urgency"),
    [
        ("UPDATE 1-Ferry sails", "Ferry sails", Notice.UPDATE, 1, None),
        ("UPDATE 12 - Ferry sails", "Ferry sails", Notice.UPDATE, 12, None),
        ("UPDATE: Ferry sails", "Ferry sails", Notice.UPDATE, None, None),
        ("WRAPUP 3-Ferry sails", "Ferry sails", Notice.UPDATE, 3, None),
        ("RPT-UPDATE 2-Ferry sails", "Ferry sails", Notice.REPEAT, 2, None),
        ("CORRECTED-UPDATE 1-Ferry sails", "Ferry sails", Notice.CORRECTION, 1, None),
        ("CORRECTED (OFFICIAL)-Ferry sails", "Ferry sails", Notice.CORRECTION, None, None),
        ("REFILE-Ferry sails", "Ferry sails", Notice.CORRECTION, None, None),
        ("CORRECTION: Ferry sails", "Ferry sails", Notice.CORRECTION, None, None),
        ("KORREKTUR: Fähre fährt", "Fähre fährt", Notice.CORRECTION, None, None),
        ("ADVISORY-Ferry coverage", "Ferry coverage", Notice.ADVISORY, None, None),
        ("KILL: Ferry sails", "Ferry sails", Notice.KILL, None, None),
        ("URGENT - Ferry sails", "Ferry sails", None, None, 3),
        ("BREAKING: Ferry sails", "Ferry sails", None, None, 2),
        ("FLASH: Ferry sails", "Ferry sails", None, None, 1),
        ("UPDATE 1-CORRECTED-Ferry sails", "Ferry sails", Notice.CORRECTION, 1, None),
        ("URGENT-UPDATE 1-Ferry sails", "Ferry sails", Notice.UPDATE, 1, 3),
        ("(2nd LD) Ferry sails", "Ferry sails", Notice.UPDATE, 2, None),
        ("(LEAD) Ferry sails", "Ferry sails", Notice.UPDATE, None, None),
        ("(AMPLIACIÓN 2) Zarpa el barco", "Zarpa el barco", Notice.UPDATE, 2, None),
        ("^Ferry sails<", "Ferry sails", None, None, None),
        # Headlines
        ("KILL BILL returns", "KILL BILL returns", None, None, None),
        ("Update 1-0: Skarholm win", "Update 1-0: Skarholm win", None, None, None),
        ("Kill: a film", "Kill: a film", None, None, None),
        ("LEADING ferries", "LEADING ferries", None, None, None),
        ("UPDATE 1-", "UPDATE 1-", None, None, None),
        ("(Lead) is poisonous", "(Lead) is poisonous", None, None, None),
        ("UPDATED-", "UPDATED-", None, None, None),
        ("", "", None, None, None),
    ],
)
def test_a_headline_is_told_from_its_prefixes(
    headline: str, text: str, notice: Notice | None, number: int | None, urgency: int | None
) -> None:
    told = read_headline(headline)
    assert (told.text, told.notice, told.number, told.urgency) == (text, notice, number, urgency)


@pytest.mark.parametrize(
    ("line", "notice", "number", "urgency"),
    [
        ("URGENT", None, None, 3),
        ("*** BREAKING NEWS ***", None, None, 2),
        ("Eilmeldung", None, None, 2),
        ("СРОЧНО", None, None, 3),
        ("速報", None, None, 1),
        ("KILL", Notice.KILL, None, None),
        ("MANDATORY KILL", Notice.KILL, None, None),
        ("ADVISORY", Notice.ADVISORY, None, None),
        ("UPDATE 2", Notice.UPDATE, 2, None),
        ("3rd Ld-Writethru", Notice.UPDATE, 3, None),
        ("1st lead", Notice.UPDATE, 1, None),
        ("Second Lead", Notice.UPDATE, 2, None),
        ("Writethru", Notice.UPDATE, None, None),
        ("Take 2", Notice.TAKE, 2, None),
        ("take 2 of 3", Notice.TAKE, 2, None),
        ("2ndadd", Notice.TAKE, 2, None),
        ("1st Add", Notice.TAKE, 1, None),
        ("2ND ADD", Notice.TAKE, 2, None),
        ("SECOND ADD", Notice.TAKE, 2, None),
        ("3RD LD-WRITETHRU", Notice.UPDATE, 3, None),
        # To a pattern that ignores case a letter i without its dot is one.
        ("fırst lead", Notice.UPDATE, None, None),
        ("Add 4", Notice.TAKE, 4, None),
        ("=2 LONDON", Notice.TAKE, 2, None),
        ("- 2 -", Notice.TAKE, 2, None),
    ],
)
def test_a_line_may_be_nothing_but_a_notice(
    line: str, notice: Notice | None, number: int | None, urgency: int | None
) -> None:
    told = read_bare_notice(line)
    assert told
    assert (told.notice, told.number, told.urgency) == (notice, number, urgency)


@pytest.mark.parametrize(
    "line", ["", "Take two", "Add salt", "Killing", "An urgent matter", "Second", "2nd", "=", "Take 2 pills"]
)
def test_what_only_holds_such_a_word_is_none(line: str) -> None:
    assert read_bare_notice(line) is None


@pytest.mark.parametrize(
    ("line", "note", "notice"),
    [
        ("(Adds quotes, background)", "Adds quotes, background", Notice.UPDATE),
        ("(Corrects name (Roe) in paragraph 3)", "Corrects name (Roe) in paragraph 3", Notice.CORRECTION),
        ("(Recasts with vote)", "Recasts with vote", Notice.UPDATE),
        ("(Repeats without changes.)", "Repeats without changes.", Notice.REPEAT),
        ("(ATTN: ADDS photos)", "ADDS photos", Notice.UPDATE),
        ("Eds: Updates with quotes.", "Updates with quotes.", Notice.UPDATE),
        ("Editors: The ferry has not sailed.", "The ferry has not sailed.", None),
        ("Editor's note: contains strong language", "contains strong language", None),
    ],
)  # fmt: skip
def test_a_note_to_editors_says_what_the_dispatch_is(line: str, note: str, notice: Notice | None) -> None:
    assert read_note(line) == (note, notice)


@pytest.mark.parametrize(
    "line",
    ["(Rain)", "(She adds sugar)", "Adds quotes", "Editors met in Oslo", "(Addsomething else)", "(Adds", "", "()"],
)
def test_what_only_resembles_a_note_is_none(line: str) -> None:
    assert read_note(line) is None


@pytest.mark.parametrize(
    ("paragraph", "notice"),
    [
        ("CORRECTION: In a dispatch of 9 July the year was wrong.", Notice.CORRECTION),
        ("KILL: The ferry has not sailed.", Notice.KILL),
        ("UPDATE: The ferry has sailed.", None),
        ("Correction fluid is white.", None),
    ],
)
def test_a_text_may_open_with_a_notice(paragraph: str, notice: Notice | None) -> None:
    assert notice_of_opening(paragraph) is notice


@pytest.mark.parametrize("piece", ["UPDATE 1-", "(Adds ", ")", "*", "KILL", " ", "1st ", "=2 A", "Eds: "])
def test_a_long_line_costs_little(piece: str) -> None:
    began = time.process_time()
    read_headline(piece * 100_000)
    notice_of_opening(piece * 100_000)
    for read in (read_bare_notice, read_note):
        read((piece * 1_000)[:1_001])
    assert time.process_time() - began < 1
