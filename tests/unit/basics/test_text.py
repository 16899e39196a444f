import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.basics.text import clean, fold, is_storable, make_visible, shorten, shorten_key, spell_bare


@pytest.mark.parametrize(
    "forbidden", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ufdd0", "\ufffe", "\U0001ffff"]
)
def test_what_sql_or_a_terminal_refuses_is_dropped(forbidden: str) -> None:
    assert clean(f"a{forbidden}b", 10) == "ab"


@pytest.mark.parametrize("kept", ["\t", "\n", "é", "東京", "🗞", "\u200d"])
def test_everything_else_is_kept(kept: str) -> None:
    assert clean(f"a{kept}b", 10) == f"a{kept}b"


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        ("\x1b", "\\x1b"),
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\t", "\\t"),
        ("\x00", "\\x00"),
        ("\x7f", "\\x7f"),
        ("\x9b", "\\x9b"),
        ("\x85", "\\x85"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
        *((chr(sign), f"\\u{sign:x}") for sign in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        ("\ud800", "\\ud800"),
        # A byte of a name that is not UTF-8.
        ("\udce9", "\\xe9"),
        ("\udc80", "\\x80"),
        ("\udcff", "\\xff"),
    ],
)
def test_what_could_mislead_on_a_screen_is_written_as_an_escape(sign: str, shown: str) -> None:
    assert make_visible(f"a{sign}b") == f"a{shown}b"


@pytest.mark.parametrize("text", ["", "a b", "é\u00a0東京", "نشرة\u200f", "🏳️\u200d🌈", "\\n", "\ufeff"])
def test_all_else_is_shown_as_it_is(text: str) -> None:
    assert make_visible(text) == text


def test_a_database_takes_no_nul_and_no_bytes_that_are_no_text() -> None:
    assert [is_storable(text) for text in ("é\x1b", "a\x00", "caf\udce9")] == [True, False, False]


def test_text_is_cut_at_its_longest() -> None:
    assert clean("abcdef", 3) == "abc"


def test_nothing_stays_nothing() -> None:
    assert clean(None, 3) is None


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_can_always_be_stored(text: str) -> None:
    cleaned = clean(text, 1000)
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")


def test_white_space_is_folded() -> None:
    assert fold("  one\u00a0\n two\t") == "one two"


def test_short_text_stays_whole() -> None:
    assert shorten("one two", 7) == "one two"


def test_long_text_is_cut_at_a_word() -> None:
    assert shorten("one two, three", 10) == "one two…"


def test_one_long_word_is_cut_in_the_middle() -> None:
    assert shorten("abcdefghij", 5) == "abcd…"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("BC-EU--Lock  Gates!", "bc-eu-lock-gates"),
        ("Straße ½/", "strasse-1-2"),
        ("上海 2", "上海-2"),
        ("\x00-\ud800", ""),
    ],
)
def test_bare_spelling_is_letters_and_digits_in_lower_case(text: str, bare: str) -> None:
    assert spell_bare(text) == bare


@pytest.mark.parametrize("key", ["", "news.example/rain", "x" * 1_000])
def test_a_short_key_stays_as_it_is(key: str) -> None:
    assert shorten_key(key) == key


@pytest.mark.parametrize("long", ["x" * 1_001, "é" * 1_000, "東" * 100_000])
def test_a_long_key_fits_into_an_index_and_stays_its_own(long: str) -> None:
    keys = {shorten_key(long), shorten_key(f"{long}y"), shorten_key(f"{long}z")}
    assert len(keys) == 3
    assert all(len(key.encode()) <= 1_000 and key[:300] == long[:300] for key in keys)
