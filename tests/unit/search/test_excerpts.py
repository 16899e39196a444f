import pytest

from worker.search.excerpts import Excerpt, make_excerpt
from worker.search.query_reading import read_query

FILLER = "lorem ipsum dolor sit amet " * 20


def shown(text: str, query: str) -> str:
    return "".join(
        f"[{part}]" if is_match else part for part, is_match in make_excerpt(text, read_query(query).phrases)
    )


@pytest.mark.parametrize(
    ("text", "query", "excerpt"),
    [
        ("The climate crisis.", "climate", "The [climate] crisis."),
        ("Les électeurs d'Élysée", "elysee electeurs", "Les [électeurs] d'[Élysée]"),
        ("e\u0301lecteurs", "electeurs", "[e\u0301lecteurs]"),
        ("İstanbul'da deprem", "istanbul deprem", "[İstanbul]'da [deprem]"),
        ("今日は東京で良い天気です", "天気 東京", "今日は[東京]で良い[天気]です"),
        ("In New\n\nYork today", '"new york"', "In [New York] today"),
        ("newish New", "new", "newish [New]"),
        ("climbing Climates", "clim*", "[climbing] [Climates]"),
        ("a covid-19 case", "covid-19", "a [covid-19] case"),
        # A database that knows stems finds it.
        ("An election", "elections", "An [election]"),
        ("No such word", "climate", "No such word"),
        ("Nothing is looked for", "tag:x", "Nothing is looked for"),
        ("", "climate", ""),
    ],
)
def test_what_was_looked_for_is_marked(text: str, query: str, excerpt: str) -> None:
    assert shown(text, query) == excerpt


def test_an_excerpt_is_cut_between_words_around_what_was_looked_for() -> None:
    excerpt = shown(f"{FILLER}the climate crisis {FILLER}", "crisis")
    assert (excerpt[0], excerpt[-1]) == ("…", "…")
    assert "[crisis]" in excerpt
    assert {*excerpt.strip("…").split()} <= {*FILLER.split(), "the", "climate", "[crisis]"}
    assert 150 < len(excerpt) < 220


def test_the_excerpt_is_where_most_of_the_words_are() -> None:
    assert "[climate] [crisis]" in shown(f"climate {FILLER} climate crisis {FILLER}", "climate crisis")


def test_a_text_without_spaces_is_cut_between_characters() -> None:
    excerpt: Excerpt = make_excerpt("日" * 300 + "東京" + "本" * 300, read_query("東京").phrases)
    assert [is_match for _, is_match in excerpt] == [False, True, False]
    assert 180 < sum(len(part) for part, _ in excerpt) < 220


def test_markup_and_controls_are_parts_as_they_are() -> None:
    assert make_excerpt("<b>x</b> \u202ey", read_query("x").phrases) == (
        ("<b>", False),
        ("x", True),
        ("</b> \u202ey", False),
    )
