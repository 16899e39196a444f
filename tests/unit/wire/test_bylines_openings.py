from datetime import date

import pytest

from worker.wire.bylines import Opening, read_opening

PUBLISHED = date(2026, 2, 17)


def test_a_dateline_is_read_with_what_it_takes_of_the_text() -> None:
    text = "GENEVA, Feb 17 (Reuters) - A body said so."
    opening = read_opening(text, PUBLISHED)
    assert opening == Opening("GENEVA", "Reuters", date(2026, 2, 17), (), 27)
    assert text[27:] == "A body said so."


def test_a_byline_may_stand_above_it() -> None:
    text = "By Ada Lovelace and Mary Somerville\n\nDUBAI, Feb 17 (Reuters) - A group said so."
    opening = read_opening(text, PUBLISHED)
    assert opening is not None
    assert (opening.names, text[opening.length :]) == (("Ada Lovelace", "Mary Somerville"), "A group said so.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "By Ada Lovelace\n\nThe bridge was opened (at last) on Monday.",
        "The Associated Press (AP) said so.",
        "By Ada Lovelace",
        "The bridge was opened on Monday. GENEVA, Feb 17 (Reuters) - A body said so.",
    ],
)
def test_any_other_text_has_none(text: str) -> None:
    assert read_opening(text, PUBLISHED) is None
