from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.costs import spend_at_most
from worker.wire.prose import judge_prose

DATA = Path(__file__).parents[2] / "data"
NEWS, OTHER = (sorted((DATA / "prose" / kind).glob("*.txt")) for kind in ("news", "other"))
DISPATCHES = sorted((DATA / "dispatch").glob("*.json"))


def _read(name: str) -> str:
    return (DATA / "prose/other" / f"{name}.txt").read_text()


@pytest.mark.parametrize("path", NEWS, ids=lambda path: path.stem)
def test_news_is_prose_however_short_and_in_any_script(path: Path) -> None:
    assert judge_prose(path.read_text()).looks_like is None


@pytest.mark.parametrize("path", OTHER, ids=lambda path: path.stem)
def test_what_a_program_wrote_or_reads_is_no_prose(path: Path) -> None:
    assert judge_prose(path.read_text()).looks_like is not None


@pytest.mark.parametrize(
    ("name", "looks_like"),
    [
        ("python", "source code"),
        ("yaml", "settings"),
        ("csv", "a table of data"),
        ("syslog", "a log"),
        ("pem", "a key"),
        ("patch", "a patch"),
        ("traceback", "a traceback"),
        ("words", "a list of words"),
        ("numbers", "a list of numbers"),
        ("controls", "characters that no text has"),
    ],
)
def test_the_reason_names_what_it_looks_like(name: str, looks_like: str) -> None:
    assert judge_prose(_read(name)).looks_like == looks_like


def test_an_article_may_show_code_below_a_paragraph() -> None:
    paragraph = (
        "The ferry company has published the program by which it plans its trips, and anybody may now try it. " * 2
    )
    assert judge_prose(f"Ferry company shows its code\n\n{paragraph}\n\n{_read('python')}").looks_like is None


def test_comments_and_docstrings_make_no_prose_of_a_program() -> None:
    comments = "# The ferry company plans its trips here, and no ship sails without them.\n" * 20
    docstring = '"""Plan the trips.\n\nThe ferry company plans its trips here, as long as any ship of it sails.\n"""\n'
    assert judge_prose(f"{comments}\n{docstring}\nimport ships\n").looks_like == "source code"


@pytest.mark.parametrize("path", DISPATCHES, ids=lambda path: path.stem)
def test_the_words_of_a_dispatch_are_prose(path: Path) -> None:
    assert judge_prose("\n\n".join(orjson.loads(path.read_bytes())["content"])).looks_like is None


def test_what_no_word_is_as_long_as_is_no_prose() -> None:
    assert judge_prose("Ø" * 400).looks_like == "a table of data"
    assert judge_prose("雨が降る" * 100).looks_like is None


@given(st.text())
def test_how_sure_it_is_lies_between_no_and_yes(text: str) -> None:
    judged = judge_prose(text)
    assert 0 <= judged.sureness <= 1
    assert (judged.looks_like is None) == (judged.sureness >= 0.5)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a ",
        "a\n",
        "a b c d ",
        "# a\n",
        "/*\n",
        '"',
        "{",
        "a,b,",
        "a=",
        "-----BEGIN ",
        "中",
        "\u0e01",
        "'a'",
        "a-",
        "@",
        "/",
        "0 ",
        "a: ",
    ],
)
def test_a_long_text_costs_no_more_than_its_start(piece: str) -> None:
    spend_at_most(0.5, lambda: judge_prose(piece * (4_000_000 // len(piece))))
