import pytest

from worker.normalise.sanitise import drop_formatting, prepare


@pytest.mark.parametrize(
    ("published", "prepared"),
    [
        ("<b class=x>y</b>", "<b>y</b>"),
        ("<EM style='x'>y</EM>", "<EM>y</EM>"),
        ("<i/x=1>y</i>", "<i>y</i>"),
        ("<font\ncolor=red>y</font>", "<font>y</font>"),
        # Within a value: the quote ends it.
        ('<img alt="1 <b or more"><p>y', '<img alt="1 <b "><p>y'),
        ("<p title='<i class=x>y'>z", "<p title='<i>y'>z"),
        ("<body class=x>", "<body class=x>"),
        ("<blockquote class=x>", "<blockquote class=x>"),
        ("<img src=x>", "<img src=x>"),
    ],
)
def test_formatting_elements_lose_their_attributes_and_no_others_do(published: str, prepared: str) -> None:
    assert prepare(published) == prepared.replace("<body", "<div")


@pytest.mark.parametrize("name", ["center", "form", "nav", "fieldset", "MENU", "dialog"])
def test_blocks_of_no_use_become_plain_blocks(name: str) -> None:
    assert prepare(f"a<{name} x=y>b</{name}>") == "a<div x=y>b</div>"


@pytest.mark.parametrize("text", ["<navy>", "<formula x>", "a <center", "nav"])
def test_what_only_begins_like_a_block_stays(text: str) -> None:
    assert prepare(text) == text


@pytest.mark.parametrize(
    "lazy", ['data-src="/1.png"', "data-src='/1.png'", "data-lazy-src=/1.png", 'data-original = "/1.png"']
)
def test_an_image_gets_the_address_that_a_script_would_give_it(lazy: str) -> None:
    assert prepare(f"<img alt=x {lazy}>") == f'<img src="/1.png"  alt=x {lazy}>'


def test_an_attribute_that_only_ends_like_it_is_none() -> None:
    assert prepare('<img data-src-set="/1.png">') == '<img data-src-set="/1.png">'


@pytest.mark.parametrize("reference", ["&#27;", "&#x1B;", "&#00027", "&#xFFFE;"])
def test_references_to_what_no_text_may_hold_are_replaced(reference: str) -> None:
    assert prepare(f"a{reference} b") == "a\ufffd b"


@pytest.mark.parametrize(
    "reference", ["&#65;", "&#x41;", "&#128;", "&#8217;", "&#x1F5DE;", "&amp;", "&#", "&#x;", "&#10;"]
)
def test_other_references_stay(reference: str) -> None:
    assert prepare(reference) == reference


def test_all_formatting_goes_where_only_text_is_wanted() -> None:
    assert drop_formatting("<p>a<b>b</b><i x=y>c</i><br></p>") == "<p>ab</b>c</i><br></p>"


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ('srcset="/2.png 800w" src="/1.png"', "/2.png"),
        ('src="/d-1.png" alt="data" srcset="/2.png 800w"', "/2.png"),
        ("src=/1.gif class=lazy data-src=/2.png", "/2.png"),
        ("alt='s and d: dates, sources' data-src=/2.png", "/2.png"),
        ("\nsrc=/spacer.gif\ndata-src=/2.png", "/2.png"),
    ],
)
def test_a_picture_is_found_by_whatever_names_its_larger_address(attributes: str, address: str) -> None:
    assert prepare(f"<p>a</p><img {attributes}>").startswith(f'<p>a</p><img src="{address}" ')


@pytest.mark.parametrize(
    "usual",
    [
        '<p class="x">a <a href="/data">b</a></p>',
        '<img src="/dates/sources.png" alt="data set" width="640">',
        "<img alt='srcse data' src=/1.png> srcset data-",
    ],
)
def test_what_needs_no_preparing_stays(usual: str) -> None:
    assert prepare(usual) == usual
