"""Texts made to be slow to decode: each costs no more than its length."""

import pytest

from tests.costs import spend_at_most
from worker.basics.charset import decode
from worker.parse.wordpress_text import as_html


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff" * 4_000_000, None),
        (b"\xe0\xe1 " * 1_300_000, None),
        (b"\x80\n" * 2_000_000, None),
        (b"a" * 4_000_000 + b"\xe9", None),
        (b"<meta " * 600_000 + b"\xff", None),
        (b"\x1b$B" * 1_300_000 + b"\x1b(B", None),
        (b"\0\x04" * 2_000_000, None),
        (b"\xe9\xa0" * 2_000_000, "text/plain; charset=euc-kr"),
        ("Паром снова ходит ".encode("cp1251") * 220_000, "text/plain; charset=us-ascii"),
    ],
    ids=range(9),
)
def test_four_megabytes_of_bytes_cost_little(body: bytes, content_type: str | None) -> None:
    spend_at_most(0.8, lambda: decode(body, content_type))


@pytest.mark.parametrize(
    "stored",
    ["<p ", "<pre><ul><table>", "\n", "\n ", "[", "[a ", "[a" + " " * 100, "[/a]", "<!-- wp:", "<!--more ", "<!--   "],
)
def test_a_megabyte_of_what_wordpress_stores_costs_little(stored: str) -> None:
    spend_at_most(0.8, lambda: as_html(stored * (1_000_000 // len(stored))))
