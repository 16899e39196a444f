import pytest

from worker.parse.well_formed import build_tree


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE rss [<!ENTITY x "y">]><rss/>',
        '<!DOCTYPE rss [<!ATTLIST rss a CDATA "b">]><rss/>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/rss.dtd"><rss/>',
        "<!DOCTYPE rss><rss/>",
        "<rss>&x;</rss>",
        "<rss",
        "<rss/><rss/>",
        "<rss>\x0b</rss>",
        "<rss>&#27;</rss>",
        "<a:rss/>",
        "",
    ],
)
def test_what_is_not_sound_or_declares_anything_has_no_tree(text: str) -> None:
    assert build_tree(text) is None


def test_a_declared_encoding_means_nothing_to_text() -> None:
    tree = build_tree('<?xml version="1.0" encoding="utf-16"?><rss>é</rss>')
    assert tree
    assert tree.root.text == "é"


@pytest.mark.parametrize(("count", "is_read"), [(200, True), (201, False)])
def test_no_feed_has_hundreds_of_namespaces(count: int, is_read: bool) -> None:
    text = "".join(f'<a xmlns:n{number}="u{number}"/>' for number in range(count))
    assert bool(build_tree(f"<rss>{text}</rss>")) == is_read


def test_names_have_the_roles_that_their_namespaces_give_them() -> None:
    tree = build_tree(
        '<r xmlns:a="http://purl.org/dc/elements/1.1/" xmlns:dc="urn:else" xmlns:media="urn:misspelt" xmlns:x="urn:x">'
        "<a:creator/><dc:creator/><media:thumbnail/><x:title/><x:item/></r>"
    )
    assert tree
    assert [tree.roles[child.tag] for child in tree.root] == ["author", "author", "thumbnail", "", ""]
