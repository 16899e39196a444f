"""Mail in floods: a message that is endless in any of its ways costs no more than its length."""

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests.costs import spend_at_most
from worker.errors import PollError
from worker.values.due_feeds import Document
from worker.wire.text_documents import read_text

_HEADER = b"From: a@b.example\nSubject: Rain\nMIME-Version: 1.0\n"
_KINDS = (
    b"text/plain; format=flowed",
    b"text/html",
    b"multipart/mixed; boundary=x",
    b"multipart/alternative; boundary=x",
)
_MESSAGES = sorted(path for path in (Path(__file__).parents[1] / "data/mail").iterdir() if path.suffix != ".json")


def _read(body: bytes) -> None:
    with suppress(PollError):
        read_text(Document("", body, None), 100)


@pytest.mark.parametrize(
    "piece",
    [
        *(b"--x\n\n", b"--x--\n", b"-- \n", b"> ", b"a \n", b"\n", b" \n", b"=", b"=?", b"{", b"<", b"<style>", b"(("),
        *(b"_____________________\n", b"boundary=", b"boundary=a ", b"From ", b"\n\nFrom a Fri Jul 10 10:00:00 2026\n"),
        b"\n\nFrom a Fri Jul 10 10:00:00 2026\nFrom: a@b.example\nSubject: x\n\nIt rains.",
        b"Content-Type: message/rfc822\n\n",
        b"--x\nContent-Type: text/plain; name=a\n\nIt rains.\n",
    ],
)
def test_a_long_message_of_anything_costs_next_to_nothing(piece: bytes) -> None:
    for kind in _KINDS:
        message = _HEADER + b"Content-Type: " + kind + b"\n\n" + piece * (250_000 // len(piece))
        spend_at_most(0.5, lambda message=message: _read(message))


@pytest.mark.parametrize(
    "field",
    [b"X: a\n", b"; a=b", b";\n a=b", b"=?utf-8?q?a?= ", b"Re: ", b"(", b"<", b'"', b",", b"[a] ", b"a@"],
)
@pytest.mark.parametrize("name", [b"Subject", b"From", b"Date", b"Content-Type", b"Received", b"Keywords"])
def test_a_megabyte_in_a_header_costs_next_to_nothing(name: bytes, field: bytes) -> None:
    message = name + b": " + field * (1_000_000 // len(field)) + b"\n" + _HEADER + b"\nIt rains.\n"
    spend_at_most(1.5, lambda: _read(message))


def test_parts_within_parts_cost_no_more_than_their_length() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary*0=a%d\n\n--a%d\n" % (depth, depth) for depth in range(3_000)
    )
    spend_at_most(1.5, lambda: _read(_HEADER + deep + b"x\n" * 400_000))


def test_messages_with_bytes_at_random_are_read_or_refused() -> None:
    chance = Random(19)
    for path in _MESSAGES:
        body = bytearray(path.read_bytes())
        for _ in range(40):
            spoilt = bytearray(body)
            for _ in range(chance.randrange(1, 12)):
                at = chance.randrange(len(spoilt))
                spoilt[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
            with suppress(PollError):
                parsed = read_text(Document("", bytes(spoilt), None), 100)
                assert not parsed.faults, parsed.faults[0].trace
