from datetime import UTC, datetime

import pytest

from worker.values.due_feeds import Document
from worker.values.entries import Entry
from worker.wire.text_documents import read_text

_DISPATCH = "OSLO, July 10 (Reuters) - The ferry sailed again on Friday."


def _read(text: str, sender: str = "desk@b.example", subject: str = "Ferry sails") -> Entry:
    message = f"From: {sender}\nSubject: {subject}\nDate: Fri, 10 Jul 2026 10:00:00 +0000\nMessage-ID: <1>\n\n{text}\n"
    (entry,) = read_text(Document("", message.encode(), None), 10).entries
    return entry


@pytest.mark.parametrize(
    ("sender", "authors", "agency"),
    [
        ("Jane Holt <jane@b.example>", ("Jane Holt",), None),
        ("Jean-Paul Roux <jp@b.example>", ("Jean-Paul Roux",), None),
        ("Jane Holt - Reuters <jane@b.example>", ("Jane Holt",), "Reuters"),
        ("Jane Holt / AFP <jane@b.example>", ("Jane Holt",), "AFP"),
        ("Reuters <news@b.example>", (), "Reuters"),
        ("Harbour Press Office <press@b.example>", (), None),
        ("noreply@b.example", (), None),
    ],
)
def test_a_sender_is_an_author_where_it_is_a_person(sender: str, authors: tuple[str, ...], agency: str | None) -> None:
    entry = _read("It rains.", sender)
    assert (entry.authors, entry.agency) == (authors, agency)


@pytest.mark.parametrize("charset", ["x\0y", "no-such", '"', "utf-7", "*0=a", "\xff"])
def test_a_charset_that_is_none_costs_no_message(charset: str) -> None:
    message = f"From: a@b.example\nSubject: Rain\nContent-Type: text/plain; charset={charset}\n\nIt rains in \xc5s.\n"
    (entry,) = read_text(Document("", message.encode("latin-1"), None), 10).entries
    assert entry.content == "It rains in \xc5s."


def test_a_byline_goes_before_the_sender() -> None:
    entry = _read(f"{_DISPATCH}\n\n(Reporting by Ann Poe)", "Jane Holt <jane@b.example>")
    assert entry.authors == ("Ann Poe",)


@pytest.mark.parametrize(
    ("subject", "above", "title", "slug"),
    [
        ("Ferry sails", "", "Ferry sails", None),
        ("NORWAY-FERRY", "", None, "NORWAY-FERRY"),
        ("NORWAY-FERRY", "Ferry sails again\n\n", "Ferry sails again", "NORWAY-FERRY"),
        ("Ferry sails", "Ferry sails again\n\n", "Ferry sails again", None),
        ("フェリー再開", "", "フェリー再開", None),
    ],
)
def test_a_dispatch_is_called_by_its_headline_else_by_the_subject(
    subject: str, above: str, title: str | None, slug: str | None
) -> None:
    entry = _read(f"{above}{_DISPATCH}", subject=subject)
    assert (entry.title, entry.slug, entry.dateline_place) == (title, slug, "OSLO")


def test_a_greeting_is_no_headline() -> None:
    entry = _read(f"Dear editors,\n\n{_DISPATCH}")
    assert entry.title == "Ferry sails"
    assert entry.content == "Dear editors,\n\nThe ferry sailed again on Friday."


def test_an_embargo_holds_in_what_is_no_dispatch_too() -> None:
    entry = _read("EMBARGOED until 2026-07-12 10:00 UTC\n\nThe council will build a harbour.")
    assert entry.embargoed_until == datetime(2026, 7, 12, 10, tzinfo=UTC)
    assert entry.content == "The council will build a harbour."


def test_an_embargo_holds_in_html() -> None:
    html = "<style>p {}</style><p>MEDIA RELEASE</p>\n<p><b>EMBARGOED until\n2026-07-12 10:00 UTC</b></p>"
    message = f"From: a@b.example\nSubject: Harbour\nContent-Type: text/html\n\n{html}\n"
    (entry,) = read_text(Document("", message.encode(), None), 10).entries
    assert entry.embargoed_until == datetime(2026, 7, 12, 10, tzinfo=UTC)


def test_a_subject_says_what_kind_of_version_it_is() -> None:
    entry = _read("It rains.", subject="CORRECTED-UPDATE 2-Rain")
    assert (entry.title, entry.notice, entry.notice_number) == ("Rain", "correction", 2)


@pytest.mark.parametrize("attached", [r"{\rtf1\ansi The ferry sails.}", "%PDF-1.4\n1 0 obj\nThe ferry sails.\nendobj"])
def test_what_is_attached_for_an_office_is_no_news_and_no_failure(attached: str) -> None:
    message = (
        "From: a@b.example\nSubject: Ferry\nMessage-ID: <1>\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nThe ferry sails again on Friday.\n"
        f"--x\nContent-Type: text/plain; name=plan\nContent-Disposition: attachment\n\n{attached}\n--x--\n"
    )
    parsed = read_text(Document("", message.encode(), None), 10)
    assert [entry.content for entry in parsed.entries] == ["The ferry sails again on Friday."]
    assert parsed.skipped == ()
