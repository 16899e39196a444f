"""Lists of feeds made to be slow: each costs no more than its length."""

import pytest

from tests.costs import spend_at_most
from worker.errors import SeedError
from worker.fetch import Guard
from worker.seeds.opml import read_opml
from worker.values.due_feeds import Document

HALF_A_MEGABYTE = 500_000
HOSTILE = {
    "sound outlines": '<outline text="A" xmlUrl="http://a.example/"/>',
    "unclosed outlines": '<outline text="A" xmlUrl="http://a.example/">',
    "refused outlines": '<outline text="A" xmlUrl="x"/>\n',
    "folders": '<outline text="A"></outline>',
    "brackets": "<",
    "comments": "<!--",
    "instructions": "<?",
    "sections": "<![CDATA[",
    "quotes": '<outline text="',
    "values": 'a="b" ',
    "values without names": '"" ',
    "names": "b ",
    "unclosed values": 'a="',
    "quotes within a value": '" a b c d e f ',
    "slashes": "/?",
    "ends of tags": "> ",
    "spaces": " ",
    "attributes within a value": " text=",
    "entities": "&amp;",
    "half entities": "&a",
}


@pytest.mark.parametrize("start", ["<opml>& ", "<opml>& <outline ", '<opml>& <outline text="'])
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_list_of_half_a_megabyte_costs_no_more_than_its_length(start: str, piece: str) -> None:
    body = (start + piece * (HALF_A_MEGABYTE // len(piece))).encode()
    assert spend_at_most(1.5, lambda: _is_read(body)) in {True, False}


def _is_read(body: bytes) -> bool:
    try:
        read_opml(Document("", body), Guard())
    except SeedError:
        return False
    return True
