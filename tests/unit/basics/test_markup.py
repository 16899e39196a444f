import pytest

from worker.basics.markup import decode_entities, is_html_only, looks_like_html


@pytest.mark.parametrize(
    "text",
    [
        "Rain &amp; snow",
        "<b>Rain</b>",
        "Rain &#8211; snow",
        "<p>1</p><br/>",
        "</A>",
        "&hellip;",
        'Rain <img src="/r.png">',
    ],
)
def test_what_ends_a_tag_or_has_a_reference_is_html(text: str) -> None:
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rain",
        "1 < 2",
        "<br>",
        "<vector>&amp;</vector>",
        "a&b;",
        "AT&T",
        "vector<int> & list<T></T>",
        "&nosuch;<b></b>",
        "<img>",
        "<img src",
    ],
)
def test_what_has_neither_or_anything_that_is_not_html_is_not(text: str) -> None:
    assert not looks_like_html(text)


@pytest.mark.parametrize(
    ("text", "is_html"), [("Rain", True), ("<p>Rain</P><br/>", True), ("<p><vector></p>", False), ("</example>", False)]
)
def test_all_tags_of_html_are_elements_that_it_has(text: str, is_html: bool) -> None:
    assert is_html_only(text) == is_html


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AT&amp;T &#8211; caf&eacute; &#x2019;", "AT&T – café ’"),
        ("&#146;", "’"),
        ("AT&T; &nosuch; ?a=1&copy=2", "AT&T; &nosuch; ?a=1&copy=2"),
        ("&#55357; &#xFFFFFF;", "\ufffd \ufffd"),
    ],
)
def test_entities_are_the_characters_that_html_has_for_them(written: str, meant: str) -> None:
    assert decode_entities(written) == meant
