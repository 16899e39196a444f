import pytest

from worker.wire.transmissions.notebooks import split_notebook

NOTES = """The rain stopped.

# Notebook

## Internet links
- [Harbour](http://harbour.example)

## Note to editors
- adds quotes from the mayor
  of Harbour
- adds weather

* * * *
The following information is not intended for publication

## Editorial contacts
- Editing by: Ben Poe

dpa amu xx bpo
"""


def test_the_notebook_is_one_line_with_what_editors_need_first() -> None:
    text, notebook = split_notebook(NOTES)
    assert text == "The rain stopped.\n\n"
    assert notebook == (
        "Note to editors: adds quotes from the mayor of Harbour; adds weather. "
        "Internet links: Harbour (http://harbour.example). Editorial contacts: Editing by: Ben Poe."
    )


@pytest.mark.parametrize(
    "heading",
    [
        "# Notizblock",
        "## dpa-Notizblock",
        "* * * *\nThe following information is not for publication",
        "The following information is not intended for publication",
        "**** Die folgenden Informationen sind nicht zur Veröffentlichung bestimmt",
    ],
)
def test_it_begins_under_many_headings(heading: str) -> None:
    text, notebook = split_notebook(f"Rain.\n\n{heading}\n\n## Kontakte\n- Ada Holm\n")
    assert (text.strip(), notebook) == ("Rain.", "Kontakte: Ada Holm.")


def test_one_without_notes_says_nothing() -> None:
    assert split_notebook("Rain.\n\n# Notizblock\n\n\n") == ("Rain.\n\n", None)


@pytest.mark.parametrize("line", ["dpa amu xx n1 bpo", "dpa s5", "dpa kre/su yysw a3 lön mda"])
def test_the_initials_of_dpa_are_no_text(line: str) -> None:
    assert split_notebook(f"Rain.\n\n{line}\n") == ("Rain.\n\n\n", None)


@pytest.mark.parametrize("text", ["Rain.", "# Harbour\n\nRain.", "dpa said that it rained."])
def test_a_text_without_one_stays_as_it_is(text: str) -> None:
    assert split_notebook(text) == (text, None)
