from worker.search.tsvector import write_tsvector


def test_lexemes_have_their_places_and_those_of_the_title_the_weight_a_and_a_name_of_their_own() -> None:
    assert write_tsvector([b"big", b"tram"], [b"the", b"tram"], ["lang=en"]) == (
        b"\0\0\0\6big\0\0\1\xc0\1title=big\0\0\1\0\1tram\0\0\2\xc0\2\0\4title=tram\0\0\1\0\2the\0\0\1\0\3lang=en\0\0\0"
    )


def test_a_lexeme_has_its_first_255_places() -> None:
    written = write_tsvector([], [b"tram"] * 300, [])
    assert written[:13] == b"\0\0\0\1tram\0\0\xff\0\1"
    assert written[-2:] == b"\0\xff"
    assert len(written) == 11 + 255 * 2


def test_words_far_behind_share_the_last_place() -> None:
    written = write_tsvector([b"news"], [b"tram"] * 16_381 + [b"heron", b"crane", b"heron"], [])
    assert b"heron\0\0\1\x3f\xff" in written
    assert b"crane\0\0\1\x3f\xff" in written


def test_what_is_too_long_for_a_lexeme_is_left_out() -> None:
    assert write_tsvector([], ["é".encode() * 1_024, b"tram"], []) == b"\0\0\0\1tram\0\0\1\0\2"


def test_a_title_of_more_words_than_there_are_places_takes_nearly_all_of_them() -> None:
    written = write_tsvector([f"w{number}".encode() for number in range(20_000)], [b"heron"], [])
    assert b"w16381\0\0\1\xff\xfe" in written
    assert b"w16382" not in written
    assert b"heron\0\0\1\x3f\xff" in written
