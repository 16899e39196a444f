"""What a wire says of a dispatch, as people and programs see it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Feedmill = Callable[..., subprocess.CompletedProcess[str]]

DISPATCH = """skarholm-ferry 2nd lead
URGENT
Ferry to Skarholm sails again
(Corrects year in paragraph 2)
By Ada Lindqvist

OSLO, July 10 (AP) — The ferry sails again.

Its pier was built in 1911.
"""


def test_an_article_shows_slug_notice_note_and_urgency(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "dispatch.txt").write_text(DISPATCH)
    feedmill("ingest", "dispatch.txt")
    shown = [" ".join(line.split()) for line in feedmill("show", "1").stdout.splitlines()]
    assert shown[0] == "Ferry to Skarholm sails again"
    facts = {
        "By Ada Lindqvist",
        "Slug skarholm-ferry",
        "Notice correction 2",
        "Note Corrects year in paragraph 2",
        "Urgency 3",
    }
    assert facts <= set(shown)


def test_programs_get_them_too(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "dispatch.txt").write_text(DISPATCH)
    feedmill("ingest", "dispatch.txt")
    article = json.loads(feedmill("articles", "--json").stdout)
    told = {name: article[name] for name in ("slug", "notice", "notice_number", "note", "urgency")}
    assert told == {
        "slug": "skarholm-ferry",
        "notice": "correction",
        "notice_number": 2,
        "note": "Corrects year in paragraph 2",
        "urgency": 3,
    }


def test_an_embargoed_file_fails_with_its_end(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "dispatch.txt").write_text(f"EMBARGOED UNTIL 2999-07-11 06:00 GMT\n{DISPATCH}")
    done = feedmill("ingest", "dispatch.txt")
    assert done.returncode == 1
    assert "dispatch.txt was not read: it is embargoed until 2999-07-11 06:00 UTC." in done.stderr
    assert feedmill("articles", "--json").stdout == ""
