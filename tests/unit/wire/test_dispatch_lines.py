import pytest

from worker.wire.dispatch_lines import DispatchHead, split_body_label, understand_line


@pytest.mark.parametrize(
    "line",
    [
        "Source: a person close to the matter said it rained.",
        "By: the way, it rained.",
        "Date: to be announced",
        "Status: Running => Supported Updates: 1 Updates (See More)",
        "Updated November 2026:",
        "Time: soon",
        "Body: it rained.",
    ],
)
def test_a_label_with_something_else_behind_it_is_text(line: str) -> None:
    assert understand_line(line) is None


@pytest.mark.parametrize("line", ["Words: 312", "ID: abc", "Date: 07/11/2026", "07/11/2026", "Headline:", "Body:"])
def test_a_label_that_says_nothing_of_an_article_is_no_text(line: str) -> None:
    assert understand_line(line) == DispatchHead()


@pytest.mark.parametrize(
    ("written", "tag"), [("English", "en"), ("de-AT", "de-AT"), ("pt_BR", "pt-BR"), ("Deutsch", "de"), ("many", None)]
)
def test_a_language_is_told_by_its_name_or_its_tag(written: str, tag: str | None) -> None:
    head = understand_line(f"Language: {written}")
    assert head
    assert head.language == tag


def test_an_address_is_no_author() -> None:
    head = understand_line("From: Ada Lindqvist <ada@example.com>")
    assert head
    assert head.authors == ("Ada Lindqvist",)


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("SPERRFRIST: 12. Juli 2026, 06:00 Uhr", "2026-07-12 06:00:00"),
        ("Embargoed until 12:01 a.m. EDT Monday, July 13, 2026", "2026-07-13 04:01:00+00:00"),
        ("Sous embargo jusqu'au 12 juillet 2026 à 6h00", "2026-07-12 06:00:00"),
        ("Not for publication before 0001 GMT 12 July 2026", "2026-07-12 00:01:00+00:00"),
        ("EMBARGOED UNTIL 07/12/2026", None),
        ("EMBARGOED UNTIL MONDAY", None),
    ],
)
def test_an_embargo_ends_at_the_moment_that_its_line_names_for_sure(line: str, until: str | None) -> None:
    head = understand_line(line)
    assert head
    assert (head.notes, head.embargoed_until and str(head.embargoed_until)) == ((line,), until)


@pytest.mark.parametrize(("line", "text"), [("Body: Rain.", "Rain."), ("Body:", None), ("Slug: a", None), ("a", None)])
def test_the_label_of_the_text_is_told_from_other_labels(line: str, text: str | None) -> None:
    assert split_body_label(line) == text
