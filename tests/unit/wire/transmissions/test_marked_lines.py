import pytest

from worker.wire.dispatch_lines import DispatchHead
from worker.wire.transmissions.marked_lines import MarkedLines, read_marked_lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "#Ferry\n$Ferry sails again\n:(PORT HAVEN)\n*07000000\nThe ferry sails.",
            MarkedLines(DispatchHead(slug="Ferry", headline="Ferry sails again"), "The ferry sails.", "PORT HAVEN"),
        ),
        (
            "#Harbour Trot\n:Fields Friday\nThe horses run.",
            MarkedLines(DispatchHead(slug="Harbour Trot", headline="Fields Friday"), "The horses run."),
        ),
        (
            "#Harbour Trot\n:11/10/2026\nThe horses run.",
            MarkedLines(DispatchHead(slug="Harbour Trot", headline="Harbour Trot 11/10/2026"), "The horses run."),
        ),
        (
            "%MGD\n$K\n:\n:Harbour Authority\n*X\nFerry sails again\n\nThe ferry sails.",
            MarkedLines(
                DispatchHead(authors=("Harbour Authority",), headline="Ferry sails again"), "\nThe ferry sails."
            ),
        ),
        (
            "YY TDR\nRACING : Harbour Park fields<!\nThe horses run.",
            MarkedLines(DispatchHead(headline="Harbour Park fields"), "The horses run."),
        ),
        ("The ferry sails.", MarkedLines(DispatchHead(), "The ferry sails.")),
        ("* The ferry sails.", MarkedLines(DispatchHead(), "* The ferry sails.")),
    ],
)
def test_marked_lines_are_read(text: str, said: MarkedLines) -> None:
    told = read_marked_lines(text)
    assert (told.head, told.text.rstrip("\n"), told.place) == (said.head, said.text, said.place)


def test_named_fields_are_read() -> None:
    told = read_marked_lines("PD#06 June 2026 14:00:00\nBY#Ada Holm\nTI#Ferry sails\nAB#It sails.\nTX#\nThe ferry.")
    assert told.head.headline == "Ferry sails"
    assert told.head.authors == ("Ada Holm",)
    assert (told.summary, told.published, told.text.strip()) == ("It sails.", "06 June 2026 14:00:00", "The ferry.")
