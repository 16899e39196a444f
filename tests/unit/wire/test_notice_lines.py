from functools import partial

import pytest

from tests.costs import spend_at_most
from worker.values.entries import Notice
from worker.wire.notice_lines import (
    notice_of_opening,
    read_bare_notice,
    read_headline,
    read_kill_order,
    read_note,
    read_slug_line,
    split_slug,
)


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
        ("1ST LEAD: Ferry sails", "Ferry sails", Notice.UPDATE, 1, None),
        ("2nd Ld-Ferry sails", "Ferry sails", Notice.UPDATE, 2, None),
        ("FOURTH LEAD - Ferry sails", "Ferry sails", Notice.UPDATE, 4, None),
        ("LEAD 3-Ferry sails", "Ferry sails", Notice.UPDATE, 3, None),
        ("^Ferry sails<", "Ferry sails", None, None, None),
        # Headlines
        ("KILL BILL returns", "KILL BILL returns", None, None, None),
        ("Second lead: ferry sails", "Second lead: ferry sails", None, None, None),
        ("1st leader: ferry sails", "1st leader: ferry sails", None, None, None),
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
        ("KILL KILL KILL", Notice.KILL, None, None),
        ("BULLETIN BULLETIN", None, None, 2),
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
        ("1ST LEAD", Notice.UPDATE, 1, None),
        ("2nd Ld", Notice.UPDATE, 2, None),
        ("(1st LD)", Notice.UPDATE, 1, None),
        ("Lead 3", Notice.UPDATE, 3, None),
        ("LEAD-3", Notice.UPDATE, 3, None),
        ("Lead no. 3", Notice.UPDATE, 3, None),
        ("FOURTH LEAD", Notice.UPDATE, 4, None),
        ("Twelfth Ld", Notice.UPDATE, 12, None),
        ("2nd UPDATE", Notice.UPDATE, 2, None),
        ("2. Zusammenfassung", Notice.UPDATE, 2, None),
        ("Zweite Zusammenfassung", Notice.UPDATE, 2, None),
        ("2e lead", Notice.UPDATE, 2, None),
        ("1ère lead", Notice.UPDATE, 1, None),
        ("2ª AMPLIACIÓN", Notice.UPDATE, 2, None),
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


@pytest.mark.parametrize(
    ("field", "slug", "notice", "number"),
    [
        ("BC-EU--Lock Gates, 2nd Ld-Writethru", "BC-EU--Lock Gates", Notice.UPDATE, 2),
        ("BC-EU--Lock Gates, 3rd Ld-Writethru,0312", "BC-EU--Lock Gates", Notice.UPDATE, 3),
        ("Skarholm Ferry, 1st Ld-Writethru", "Skarholm Ferry", Notice.UPDATE, 1),
        ("Skarholm Ferry, KILL", "Skarholm Ferry", Notice.KILL, None),
        ("SKARHOLM/FERRY (UPDATE 1)", "SKARHOLM/FERRY", Notice.UPDATE, 1),
        ("SKARHOLM/ (UPDATE 2, PIX)", "SKARHOLM/", Notice.UPDATE, 2),
        ("skarholm-ferry 1st lead", "skarholm-ferry", Notice.UPDATE, 1),
        ("skarholm-ferry, Take 2", "skarholm-ferry", Notice.TAKE, 2),
        # What is no version stays in it.
        ("Skarholm, Norway", "Skarholm, Norway", None, None),
        ("BC-Markets, Oslo", "BC-Markets, Oslo", None, None),
        ("SKARHOLM/ (PIX)", "SKARHOLM/ (PIX)", None, None),
        ("SKARHOLM/", "SKARHOLM/", None, None),
        ("", "", None, None),
    ],
)
def test_a_slug_is_told_from_the_version_behind_it(
    field: str, slug: str, notice: Notice | None, number: int | None
) -> None:
    told = split_slug(field)
    assert (told.text, told.notice, told.number) == (slug, notice, number)


@pytest.mark.parametrize("line", ["Oslo-Bergen", "Rain", "harbour-bridge is open", "Half-time", ""])
def test_a_line_that_may_be_anything_is_no_slug(line: str) -> None:
    assert read_slug_line(line) is None


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Please kill story slugged BC-Harbour-Bridge", "BC-Harbour-Bridge"),
        ("Kill the story slugged Skarholm Ferry. The ferry has not resumed.", "Skarholm Ferry"),
        ("Kill the dispatch slugged skarholm-ferry-resumes, sent at 1200 GMT", "skarholm-ferry-resumes"),
        ("Please withdraw our item slugged “PM-Oslo Weather, 2nd Ld”.", "PM-Oslo Weather"),
        ("KILL the urgent alert slugged 'lock-gates'.", "lock-gates"),
        ("Kill the story slugged BC-EU--Lock Gates which moved at noon.", "BC-EU--Lock Gates"),
    ],
)
@pytest.mark.parametrize("notice", [None, Notice.ADVISORY, Notice.KILL])
def test_whoever_asks_to_kill_a_dispatch_by_its_slug_is_a_kill(text: str, slug: str, notice: Notice | None) -> None:
    assert read_kill_order(["Editors:", text], notice) == (Notice.KILL, slug)


@pytest.mark.parametrize(
    ("text", "notice", "slug"),
    [
        ("In a July 9 story slugged BC-EU--Lock Gates, the year was wrong.", Notice.CORRECTION, "BC-EU--Lock Gates"),
        ("The dispatch that was slugged SKARHOLM/FERRY on Friday erred.", Notice.CORRECTION, "SKARHOLM/FERRY"),
        ("A robber slugged Skarholm Ferry's captain.", Notice.CORRECTION, None),
        ("The report slugged him hard.", Notice.CORRECTION, None),
        # Only what acts on another dispatch has one to name.
        ("We plan a dispatch slugged SKARHOLM/FERRY.", Notice.ADVISORY, None),
        ("We plan a dispatch slugged SKARHOLM/FERRY.", None, None),
        ("Do not kill the story slugged SKARHOLM/FERRY.", Notice.ADVISORY, None),
        ("He meant to kill the man, slugged him and ran.", None, None),
    ],
)
def test_only_what_acts_on_another_dispatch_names_one(text: str, notice: Notice | None, slug: str | None) -> None:
    assert read_kill_order([text], notice) == (notice, slug)


@pytest.mark.parametrize("text", ["story " * 100_000, "kill the " * 100_000, "story slugged A" + " A" * 100_000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    spend_at_most(0.5, lambda: read_kill_order([text], Notice.KILL))
    spend_at_most(0.1, lambda: split_slug(text[:4_000]))


@pytest.mark.parametrize("piece", ["UPDATE 1-", "(Adds ", ")", "*", "KILL", " ", "1st ", "=2 A", "Eds: "])
def test_a_long_line_costs_little(piece: str) -> None:
    for read in (read_headline, notice_of_opening):
        spend_at_most(0.5, partial(read, piece * 100_000))
    for read_line in (read_bare_notice, read_note):
        spend_at_most(0.1, partial(read_line, (piece * 1_000)[:1_001]))
