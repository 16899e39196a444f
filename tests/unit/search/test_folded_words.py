import sqlite3

import pytest

from worker.search.folded_words import fold_words, is_unspaced, space_out

# Latin, Greek and Cyrillic.
_LETTERS = [chr(point) for point in [*range(0xC0, 0x528), *range(0x1E00, 0x2000)] if chr(point).isalpha()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème BRÛLÉE in São Paulo", ["creme", "brulee", "in", "sao", "paulo"]),
        ("cre\u0300me", ["creme"]),
        ("O'Brien's covid-19, at 10:30", ["o", "brien", "s", "covid", "19", "at", "10", "30"]),
        ("Straße Łódź Йод Αθήνα", ["straße", "łodz", "йод", "αθήνα"]),
        ("İSTANBUL", ["istanbul"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京2020で", ["東", "京", "2020", "で"]),
        ("a_b \x00 — …", ["a", "b"]),
        ("“It’s 5 µm” → naïve – ½", ["it", "s", "5", "μm", "naive", "½"]),
        ("Trams \u2764\ufe0f by 1\ufe0f\u20e3\U0001f600\ufe0f!", ["trams", "by", "1\ufe0f"]),
        ("Трамвай “№\u00a07”，ü", ["трамвай", "7", "u"]),
        ("", []),
    ],
)
def test_words_are_folded_and_a_character_of_a_script_without_spaces_is_one(text: str, words: list[str]) -> None:
    assert fold_words(text) == words


def test_latin_texts_have_the_words_that_they_have_among_other_scripts() -> None:
    text = " ".join(f"x{letter} {letter} {letter}Y" for letter in map(chr, range(0x100)))
    assert [*fold_words(text), "йод"] == fold_words(f"{text} Йод")


def test_a_mark_stays_with_the_thai_letter_that_it_belongs_to() -> None:
    assert fold_words("ที่นี่") == ["ที่", "นี่"]


def test_only_scripts_without_spaces_are_spaced_out() -> None:
    assert (is_unspaced("Grüße"), is_unspaced("한국")) == (False, True)
    assert space_out("東京Tower") == "東 京 tower"


def test_words_are_folded_as_sqlite_folds_them() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE folded USING"
        " fts5(word, tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Mn Mc'\")"
    )
    connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(folded, 'instance')")
    connection.executemany("INSERT INTO folded (rowid, word) VALUES (?, ?)", [(ord(each), each) for each in _LETTERS])
    terms = dict(connection.execute("SELECT doc, term FROM terms").fetchall())
    connection.close()
    # One with two accents, and one that is younger than SQLite's table.
    odd = {*"ǠǡͿ"}
    assert [each for each in _LETTERS if each not in odd and fold_words(each) != [terms[ord(each)]]] == []
