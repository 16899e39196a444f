from datetime import date

import pytest

from worker.wire.envelope import Envelope, open_envelope, read_wire_header


def test_an_envelope_is_opened_to_the_text_in_it() -> None:
    body = b"\x16\x16\x01SNA0042 3 POL 0120 ;ferry\r\n\x02Ferry sails\r\n\x03\r\n101015 jul 26\r\n\x04\r\n"
    assert open_envelope(body) == (Envelope(3, "ferry", date(2026, 7, 10)), b"Ferry sails\r\n")


@pytest.mark.parametrize("body", [b"", b"Ferry sails.", b"F\x00e\x00r\x00r\x00y\x00\x02\x01"])
def test_what_has_no_envelope_stays_as_it_is(body: bytes) -> None:
    assert open_envelope(body) == (Envelope(), body)


def test_an_unknown_header_is_no_text_either() -> None:
    assert open_envelope(b"\x01zczc qw\n\x02Ferry sails.\x03bust it\x04") == (Envelope(), b"Ferry sails.")


def test_signs_that_part_something_else_part_lines() -> None:
    assert open_envelope(b"\x02Ferry sails.\x03NNNN") == (Envelope(), b"\nFerry sails.\nNNNN")


@pytest.mark.parametrize(
    ("line", "urgency", "slug"),
    [
        ("NWA042 4 I 120 NWA-1234 ;harbour-bridge", 4, "harbour-bridge"),
        ("afp1234 1 pol 0123", 1, None),
        ("SNA 42 5 SPO 98 words harbour-bridge-reopen", 5, "harbour-bridge-reopen"),
        ("SNA0042 0 VM 98 harbour bridge", None, None),
    ],
)
def test_the_header_of_a_message_says_priority_and_slug(line: str, urgency: int | None, slug: str | None) -> None:
    assert read_wire_header(line) == Envelope(urgency, slug)


@pytest.mark.parametrize(
    "line", ["", "Chapter 4 of 120", "NWA042 4", "SPO 120", "Route66 4 lanes 120", "NWA042 44 I 120", "A1 2 b c"]
)
def test_a_line_of_text_is_no_header(line: str) -> None:
    assert read_wire_header(line) is None


@pytest.mark.parametrize(
    ("trailer", "sent_on"),
    [
        (b"101015 jul 26", date(2026, 7, 10)),
        (b"101015Z July 2026", date(2026, 7, 10)),
        (b"SNA 101015 GMT JUL 26", date(2026, 7, 10)),
        (b"101015 JUIL 26", date(2026, 7, 10)),
        (b"321015 jul 26", None),
        (b"101015 xyz 26", None),
        (b"NWA-PH-11-02-26 1015GMT", None),
    ],
)
def test_the_trailer_says_on_which_day_it_was_sent(trailer: bytes, sent_on: date | None) -> None:
    envelope, _ = open_envelope(b"\x01\x02Ferry sails.\x03" + trailer + b"\x04")
    assert envelope.sent_on == sent_on
