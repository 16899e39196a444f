import pytest

from worker.values.entries import Notice
from worker.wire.notice_lines import NoticeLine
from worker.wire.transmissions.message_headers import MessageHeader, read_anpa_header, read_iptc_header


@pytest.mark.parametrize(
    ("line", "header"),
    [
        (
            "NWA042 4 I 120 NWA-1234 ;harbour-bridge",
            MessageHeader("NWA042", 4, "International", "harbour-bridge"),
        ),
        ("AFP1234 1 POL 0123", MessageHeader("AFP1234", 1, "Politics", agency="AFP")),
        ("SNA 42 5 SPO 98 words harbour-bridge-reopen", MessageHeader("SNA42", 5, "Sports", "harbour-bridge-reopen")),
        ("SNA0042 0 XYZ 98 harbour bridge", MessageHeader("SNA0042")),
        ("ecp0007 4 s 850  dpa-tns 0908", MessageHeader("ecp0007", 4, "Sports", agency="dpa")),
        ("nsb0012 4 vm 71  lni 0000", MessageHeader("nsb0012", 4, "Miscellaneous")),
    ],
)
def test_a_header_of_iptc_7901_says_number_priority_category_slug_and_agency(line: str, header: MessageHeader) -> None:
    said = read_iptc_header(line)
    assert said
    assert (said.number, said.urgency, said.category, said.slug) == (
        header.number,
        header.urgency,
        header.category,
        header.slug,
    )


@pytest.mark.parametrize(
    "line", ["", "Chapter 4 of 120", "NWA042 4", "SPO 120", "Route66 4 lanes 120", "NWA042 44 I 120", "A1 2 b c"]
)
def test_a_line_of_text_is_no_header_of_iptc_7901(line: str) -> None:
    assert read_iptc_header(line) is None


@pytest.mark.parametrize(
    "first", ["W2870\x1fasian", "W2870asian", "W2870?asian", "W2870 asian", "W2870UPI\x1fasian", "W2870\x1f-----"]
)
@pytest.mark.parametrize("form", ["\x13\x11", "", "??"])
def test_the_number_of_anpa_is_read_whatever_became_of_its_control_characters(first: str, form: str) -> None:
    header = read_anpa_header(f"{first}\nr i{form} BC-EU--HarbourBridge     11-13 1049")
    assert header == MessageHeader("W2870", 4, "International", "BC-EU--HarbourBridge")


@pytest.mark.parametrize(
    ("letter", "urgency"), [("f", 1), ("b", 2), ("u", 3), ("r", 4), ("d", 5), ("R", 4), ("a", None), ("s", None)]
)
def test_the_priority_of_anpa_is_an_urgency(letter: str, urgency: int | None) -> None:
    header = read_anpa_header(f"W2870\x1fasian\n{letter} i\x13\x11 BC-EU--Ferry     11-13 1049")
    assert header
    assert header.urgency == urgency


def test_the_version_of_anpa_is_a_notice() -> None:
    header = read_anpa_header("z6715\x1f-----\nr z\x13\x11 BC-BKN--Harbour-Pier 3rdLd-Writethru   02-20 0500")
    assert header
    assert header.version == NoticeLine(notice=Notice.UPDATE, number=3)


def test_dc2_says_that_the_text_is_a_table() -> None:
    header = read_anpa_header("s0284\x1f-----\nr s\x14\x12 BC-BBO--HarbourGlance     08-18 ")
    assert header
    assert header.is_table


@pytest.mark.parametrize("text", ["", "W2870asian", "W2870asian\nThe ferry sails.", "The ferry\nr i BC-EU 11-13"])
def test_other_lines_are_no_header_of_anpa(text: str) -> None:
    assert read_anpa_header(text) is None
