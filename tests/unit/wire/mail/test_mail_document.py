"""The messages in tests/data/mail, each with what must be read of it beside it."""

from pathlib import Path

import orjson
import pytest

from tests.pairs import told_of
from worker.errors import PermanentError
from worker.parse.sniff import Kind, sniff
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.text_documents import read_text

_DATA = Path(__file__).parents[3] / "data/mail"
PAIRS = sorted(path for path in _DATA.iterdir() if path.suffix in {".eml", ".mbox"})


def _read(body: bytes | str, most: int = 100) -> ParsedDocument:
    return read_text(Document("file:///a.eml", body if isinstance(body, bytes) else body.encode(), None), most)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_each_message_is_told_to_be_one(path: Path) -> None:
    assert sniff(path.read_bytes()) is Kind.MAIL


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_each_message_is_read_as_it_was_meant(path: Path, line_end: bytes) -> None:
    expected = {"format": "mail", "entries": orjson.loads(path.with_suffix(".json").read_bytes())}
    body = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", line_end)
    assert told_of(_read(body), expected) == expected


def test_of_an_mbox_the_last_messages_are_read() -> None:
    parsed = _read((_DATA / "three.mbox").read_bytes(), most=1)
    assert [entry.guid for entry in parsed.entries] == ["two@north.example"]
    assert parsed.dropped_entries == 2


def test_what_is_no_news_is_left_out_with_its_reason() -> None:
    parsed = _read((_DATA / "three.mbox").read_bytes())
    assert parsed.skipped == ("it is an automatic answer or a report of delivery",)


def test_a_message_without_words_is_none() -> None:
    with pytest.raises(PermanentError, match="there is no text in it"):
        _read("From: a@b.example\nSubject: Rain\nDate: Fri, 10 Jul 2026 10:00:00 +0000\n\n \n")


def test_a_message_without_a_name_is_known_by_what_nobody_sends_twice() -> None:
    message = "From: a@b.example\nSubject: Rain\nDate: Fri, 10 Jul 2026 10:00:00 +0000\n\nIt {}.\n"
    guids = [_read(message.format(word)).entries[0].guid for word in ("rains", "rains", "pours")]
    assert guids[0] == guids[1] != guids[2]


def test_a_message_that_is_too_much_costs_none_of_its_neighbours() -> None:
    line = "From a@b.example Fri Jul 10 10:00:00 2026\n"
    good = f"{line}From: a@b.example\nSubject: Rain\nMessage-ID: <{{}}>\n\nIt rains.\n\n"
    parts = "--x\n\n\n" * 2_000
    bad = f'{line}From: a@b.example\nSubject: S\nContent-Type: multipart/mixed; boundary="x"\n\n{parts}\n\n'
    parsed = _read(good.format(1) + bad + good.format(2))
    assert [entry.guid for entry in parsed.entries] == ["1", "2"]
    assert parsed.skipped == ("a message has more than 1,000 parts, or nests too many",)


def test_a_charset_that_was_guessed_is_told() -> None:
    words = "Мост снова открыт для движения, сообщила мэрия города в понедельник утром."
    head = b"From: Ada Holm <ada@nwa.example>\nDate: Mon, 2 Nov 2026 10:15:00 +0000\nSubject: Bridge\n\n"
    parsed = _read(head + words.encode("windows-1251"))
    assert words in (parsed.entries[0].content or "")
    assert parsed.doubts == ("its encoding was guessed to be windows-1251",)
