"""What a user types to search, and what is printed then."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.seeds import place

Feedmill = Callable[..., subprocess.CompletedProcess[str]]


def test_articles_are_searched_listed_and_indexed_anew(feedmill: Feedmill, tmp_path: Path) -> None:
    place(tmp_path / "wire/a.txt", "LONDON, July 10 (Reuters) - The climate \u202esummit ended.\n\nNo deal was found.")
    place(tmp_path / "wire/b.txt", "PARIS, July 11 (AFP) - Football in Paris.\n\nNo climate there.")
    feedmill("ingest", str(tmp_path / "wire"), FEEDMILL_SEARCH="false")
    unindexed = feedmill("search", "climate")
    assert "None match" in unindexed.stdout
    assert "2 articles not indexed" in unindexed.stderr
    assert len(feedmill("articles", "--text", "climate", "--json").stdout.splitlines()) == 2
    assert "Search is turned off" in feedmill("index", FEEDMILL_SEARCH="false").stderr
    assert feedmill("index").stdout == "Indexed 2 articles.\n"
    (line,) = feedmill("search", "climate", "-football", "--json").stdout.splitlines()
    row = json.loads(line)
    assert (row["agency"], "match_key" in row, row["score"] > 0) == ("Reuters", False, True)
    assert {"text": "climate", "is_match": True} in row["excerpt"]
    table = feedmill("search", "agency:reuters climate").stdout
    assert "\u202e" not in table
    assert "\\u202esummit" in table
    assert feedmill("index", "--drop").stdout == "The index is empty.\n"
    assert feedmill("index", "--again").stdout == "Indexed 2 articles.\n"


def test_a_wrong_query_is_one_sentence(feedmill: Feedmill) -> None:
    for typed, why in [
        (['"new york'], "its quotation mark is not closed"),
        (["--jsn", "x"], "There is no option --jsn"),
        (["language:en"], "is called lang: here"),
        (["feed:nowhere"], ""),
        (["x" * 10_001], "longer than 10,000 bytes"),
    ]:
        done = feedmill("search", *typed)
        assert done.returncode in {1, 2}
        assert why in done.stderr
        assert "Traceback" not in done.stderr
