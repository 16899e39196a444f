"""Feeds out: no text of an article makes a document that cannot be read, or reads otherwise than it was."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from tests.feed_rules import ATOM, CONTENT
from worker.basics.text import clean
from worker.feeds_out.atom_writing import write_atom
from worker.feeds_out.json_writing import write_json_feed
from worker.feeds_out.out_entry import OutEntry, OutFeed
from worker.feeds_out.rss_writing import write_rss
from worker.values.podcasts import Podcast, PodcastPerson

MARKUP = [
    "]]>",
    "<![CDATA[",
    "<b>",
    "</title>",
    "&amp;",
    "&#0;",
    "\r\n",
    "\x00",
    "\ud800",
    "\ufffe",
    '"',
    "'",
    "--",
    "\t",
]
TEXTS = st.lists(st.one_of(st.sampled_from(MARKUP), st.text(max_size=5)), min_size=0, max_size=8).map("".join)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _write(write: Any, text: str) -> bytes:
    podcast = Podcast(
        location=text, season_name=text, people=(PodcastPerson(text, text),), duration=timedelta(seconds=1)
    )
    said = {"html": text, "summary": text, "authors": (text,), "tags": (text,), "agency": text, "language": text}
    entry = OutEntry(id="urn:x", title=text, updated_at=NOW, podcast=podcast, **said)
    return "".join(write(OutFeed(text, "urn:y", NOW), [entry])).encode()


@given(TEXTS)
def test_whatever_is_said_atom_and_json_feed_say_it(text: str) -> None:
    kept = clean(text, len(text))
    entry = fromstring(_write(write_atom, text)).find(f"{ATOM}entry")
    assert entry is not None
    assert (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary") or "") == (kept, kept)
    assert (entry.findtext(f"{ATOM}content") or "").replace("&#13;", "\r") == kept.replace("&#13;", "\r")
    assert (entry.find(f"{ATOM}category") or {}).get("term", kept) == kept
    (item,) = json.loads(_write(write_json_feed, text))["items"]
    assert (item["title"], item["content_html"], item["tags"]) == (kept, kept, [kept])


@given(TEXTS)
def test_whatever_is_said_rss_holds_it(text: str) -> None:
    item = fromstring(_write(write_rss, text)).find("channel/item")
    assert item is not None
    kept = clean(text, len(text)).replace("\r", "&#13;")
    assert (item.findtext(f"{CONTENT}encoded") or "") == kept
