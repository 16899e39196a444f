import pytest

from tests.costs import spend_at_most
from worker.values.entries import Notice
from worker.wire.notice_lines import read_order, read_slug_line, split_slug


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
    assert read_order(["Editors:", text], notice) == (Notice.KILL, slug)


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
    assert read_order([text], notice) == (notice, slug)


@pytest.mark.parametrize("text", ["story " * 100_000, "kill the " * 100_000, "story slugged A" + " A" * 100_000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    spend_at_most(0.5, lambda: read_order([text], Notice.KILL))
    spend_at_most(0.1, lambda: split_slug(text[:4_000]))
