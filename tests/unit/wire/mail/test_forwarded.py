import pytest

from tests.costs import spend_at_most
from worker.wire.mail.forwarded import open_forwarded
from worker.wire.mail.mail_parts import MailParts, MailText

FIELDS = "From: Ada Holm <ada@wire.example>\nSent: Friday\nSubject: Snow on the pass\n\n"
NEWS = "Snow fell on the pass."


def _parts(text: str, subject: str = "Fwd: Snow on the pass") -> MailParts:
    words = MailText(text)
    return MailParts({"from": ("Vera Kron <vera@gazette.example>",), "subject": (subject,)}, words, words, ())


def _open(text: str, subject: str = "Fwd: Snow on the pass") -> tuple[str, str | None]:
    parts, note = open_forwarded(_parts(text, subject))
    assert parts.plain is not None
    return parts.plain.text, note


@pytest.mark.parametrize(
    ("above", "note"),
    [
        ("", None),
        ("Page 3, please.\n\n---------- Forwarded message ---------\n", "Page 3, please."),
        ("Page 3.\n\n-----Original Message-----\n", "Page 3."),
        ("Page 3.\n\n________________________________\n", "Page 3."),
        ("Seite 3.\n\n-------- Weitergeleitete Nachricht --------\n", "Seite 3."),
    ],
)
def test_what_is_forwarded_is_the_news_and_what_stands_above_it_a_note(above: str, note: str | None) -> None:
    assert _open(f"{above}{FIELDS}{NEWS}") == (NEWS, note)


def test_what_was_forwarded_twice_is_opened_twice() -> None:
    assert _open(f"Page 3.\n{FIELDS}For you.\n\nBegin forwarded message:\n\n{FIELDS}{NEWS}") == (
        NEWS,
        "Page 3. For you.",
    )


def test_the_first_sender_and_subject_take_the_place_of_the_last() -> None:
    parts, _ = open_forwarded(_parts(FIELDS + NEWS, "FW: for page 3"))
    assert (parts.fields["from"], parts.fields["subject"]) == (
        ("Ada Holm <ada@wire.example>",),
        ("Snow on the pass",),
    )


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (f"We doubt it.\n\n-----Original Message-----\n{FIELDS}{NEWS}", "Re: Snow on the pass"),
        (FIELDS + NEWS, "Snow on the pass"),
        (FIELDS, "Fwd: Snow on the pass"),
        ("From: Skarholm\nSubject: snow\n\nIt fell.", "Fwd: Snow on the pass"),
        (NEWS, "Fwd: Snow on the pass"),
    ],
)
def test_an_answer_and_what_has_no_fields_stay_as_they_are(text: str, subject: str) -> None:
    assert _open(text, subject) == (text, None)


@pytest.mark.parametrize("piece", ["From: a\n", FIELDS, "-", "forwarded message\n", "> ", "_ "])
def test_a_long_text_costs_little(piece: str) -> None:
    spend_at_most(0.5, lambda: _open(piece * 50_000))
