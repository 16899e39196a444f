import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stories.signature import hash_words, outlet_of, read_blocks, split_words, words_of_title


def _words(text: str) -> list[list[str]]:
    return [[word.decode() for word in block.words] for block in read_blocks(text)]


def test_each_line_that_says_something_is_a_block() -> None:
    assert _words("One, two.\n\n—\nThree!") == [["one", "two"], ["three"]]


def test_letters_and_digits_are_words_in_lower_case_whatever_stands_between() -> None:
    assert _words("It’s 3.5% – DON'T_stop") == [["it", "s", "3", "5", "don", "t", "stop"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("東京は雨", ["東", "京", "は", "雨"]),
        ("서울 비", ["서", "울", "비"]),
        ("ฝนตก", ["ฝ", "น", "ต", "ก"]),
        ("NHK東京2", ["NHK", "東", "京", "2"]),
        ("Straße Ærø", ["Straße", "Ærø"]),
        ("Москва погода", ["Москва", "погода"]),
        ("ﬁrst ①", ["first", "1"]),
    ],
)
def test_scripts_without_spaces_have_one_word_a_character(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    assert _words("café") == _words("cafe\u0301") == [["café"]]


def test_names_in_mid_sentence_and_whatever_has_digits_are_facts() -> None:
    (block,) = read_blocks("Police in Jarrow held 3 men. They said -- Smith, A4 Driver: 2nd G20 IPhone iPad. COVID19.")
    facts = [block.words[place] for place in block.facts]
    assert facts == [b"jarrow", b"3", b"smith", b"a4", b"driver", b"2nd", b"g20", b"iphone", b"covid19"]


@given(st.text("ab AB1.,:-'\t_"))
def test_a_line_is_read_alike_whether_it_is_ascii(line: str) -> None:
    *_, block = read_blocks(f"one\n{line} z")
    *_, other = read_blocks(f"one\n{line} ж")
    facts = [place for place in block.facts if place < len(block.words) - 1]
    assert (block.words[:-1], facts) == (other.words[:-1], other.facts)


@given(st.text(st.characters(max_codepoint=0xFF, exclude_characters="\n") | st.sampled_from("éÉß… .")))
def test_a_line_is_read_alike_whether_it_is_latin(line: str) -> None:
    *_, block = read_blocks(f"one\n{line} é")
    *_, other = read_blocks(f"one\n{line} ж")
    assert block.words[:-1] == other.words[:-1]
    assert (block.facts, block.characters) == (other.facts, other.characters)


def test_letters_with_accents_make_words_and_names() -> None:
    (block,) = read_blocks("À Orléans… Été 2026, ÇA ou «Émile» à Orsay.")
    assert [word.decode() for word in block.words] == "à orléans été 2026 ça ou émile à orsay".split()
    assert [block.words[place].decode() for place in block.facts] == ["orléans", "2026", "ça", "émile", "orsay"]


def test_typographic_quotes_and_dashes_part_words_and_no_sentences() -> None:
    (block,) = read_blocks("He said\u00a0– “Smith’s” – so")
    assert (list(block.words), list(block.facts)) == ([b"he", b"said", b"smith", b"s", b"so"], [2])


def test_a_block_is_known_by_its_words_alone() -> None:
    (one,), (other,) = read_blocks("Sign up  for OUR newsletter!"), read_blocks("sign up for our newsletter")
    assert one.block_hash == other.block_hash == hash_words([b"sign", b"up", b"for", b"our", b"newsletter"])


def test_a_hash_fits_sql() -> None:
    hashes = [hash_words([str(number).encode()]) for number in range(64)]
    assert all(-(2**63) <= number < 2**63 for number in hashes)
    assert min(hashes) < 0 < max(hashes)


def test_no_more_than_800_words_are_read() -> None:
    assert sum(map(len, _words("word " * 500 + "\n" + "word " * 500 + "\n" + "word"))) == 800
    assert len(_words("x" * 1_000_000)[0][0]) == 12_000


def test_titles_are_compared_by_their_longer_words_numbers_and_other_scripts() -> None:
    assert words_of_title("The 7 dead of Jarrow: 雨") == {"7", "dead", "jarrow", "雨"}


@pytest.mark.parametrize(
    ("url", "feed_url", "outlet"),
    [
        ("https://news.a.example/1", "https://feeds.b.example/rss", "a.example"),
        (None, "https://feeds.b.example/rss", "b.example"),
        (None, "file:///seeds/saved.xml", "file:///seeds/saved.xml"),
    ],
)
def test_an_outlet_is_the_site_of_the_article_else_of_its_feed_else_the_feed(
    url: str | None, feed_url: str, outlet: str
) -> None:
    assert outlet_of(url, feed_url) == outlet
