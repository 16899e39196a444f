import pytest

from worker.basics.markup import looks_like_html


@pytest.mark.parametrize(
    "text", ["Rain &amp; snow", "<b>Rain</b>", "Rain &#8211; snow", "<p>1</p><br/>", "</A>", "&hellip;"]
)
def test_what_ends_a_tag_or_has_a_reference_is_html(text: str) -> None:
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    ["Rain", "1 < 2", "<br>", "<vector>&amp;</vector>", "a&b;", "AT&T", "vector<int> & list<T></T>", "&nosuch;<b></b>"],
)
def test_what_has_neither_or_anything_that_is_not_html_is_not(text: str) -> None:
    assert not looks_like_html(text)
