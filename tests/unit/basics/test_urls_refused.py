import pytest

from worker.basics.urls import feed_url_key, is_feed_url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///seeds/a.xml", "ingest` reads files"),
        ("FILE:a.xml", "ingest` reads files"),
        ("https://news.example/\x9b", "control characters"),
        ("https://news.example/caf\udce9", "not UTF-8"),
        (f"https://news.example/{'a' * 1_980}", "at most 2,000 characters"),
        (f"https://news.example/{'é' * 330}", "percent-encoded"),
        ("x" * 5_000, "at most 2,000 characters"),
    ],
)
def test_what_could_be_no_key_of_the_store_is_refused_in_a_sentence(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        feed_url_key(url)
    assert not is_feed_url(url)


def test_a_url_of_two_thousand_characters_is_a_feeds() -> None:
    assert is_feed_url(f"https://news.example/{'a' * 1_979}")
