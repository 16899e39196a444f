"""What Feedmill is measured against: a plain script, and the library ``reader``.

Usage: python -m benchmarks.rival {script,reader} FOLDER PORT

A line that comes in holds two numbers, the first feed to poll and how many; a line says how many entries were new. The
script is what one writes in an hour: requests with validators, feedparser, and a row an entry in SQLite.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import feedparser
import requests

from benchmarks.feed_server import address_of

_SCHEMA = """
CREATE TABLE feeds (url TEXT PRIMARY KEY, etag TEXT, modified TEXT);
CREATE TABLE articles (
    feed TEXT, guid TEXT, url TEXT, title TEXT, published TEXT, summary TEXT, body TEXT, PRIMARY KEY (feed, guid)
);
"""
_INSERT = "INSERT OR IGNORE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?)"


def script(folder: Path) -> Callable[[Sequence[str]], int]:
    """Return the function with which a plain script polls feeds; it returns how many entries were new."""
    store = sqlite3.connect(folder / "script.db")
    store.executescript(_SCHEMA)
    session = requests.Session()

    return lambda urls: sum(_poll_with_script(store, session, url) for url in urls)


def _poll_with_script(store: sqlite3.Connection, session: requests.Session, url: str) -> int:
    etag, modified = store.execute("SELECT etag, modified FROM feeds WHERE url = ?", [url]).fetchone() or (None, None)
    asked = {"If-None-Match": etag, "If-Modified-Since": modified}
    answer = session.get(url, headers={name: value for name, value in asked.items() if value}, timeout=30)
    answer.raise_for_status()
    if answer.status_code == requests.codes.not_modified:
        return 0
    before = store.total_changes
    for entry in feedparser.parse(answer.content).entries:
        body = entry.content[0].value if "content" in entry else entry.get("summary")
        facts = (entry.get(name) for name in ("id", "link", "title", "published", "summary"))
        store.execute(_INSERT, [url, *facts, body])
    new = store.total_changes - before
    told = [url, answer.headers.get("ETag"), answer.headers.get("Last-Modified")]
    store.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?)", told)
    store.commit()
    return new


def reader(folder: Path) -> Callable[[Sequence[str]], int]:
    """Return the function with which ``reader`` polls these feeds and no others; it adds those it does not know."""
    from reader import make_reader  # noqa: PLC0415 -- the script does without it

    library = make_reader(str(folder / "reader.db"))

    def poll(urls: Sequence[str]) -> int:
        known = {feed.url for feed in library.get_feeds()}
        for url in known.difference(urls):
            library.delete_feed(url)
        for url in set(urls) - known:
            library.add_feed(url)
        before = library.get_entry_counts().total or 0
        for feed in library.update_feeds_iter(scheduled=False):
            if isinstance(feed.value, Exception):
                raise feed.value
        return (library.get_entry_counts().total or 0) - before

    return poll


def main() -> None:
    """Poll on demand until standard input ends."""
    kind, folder, port = sys.argv[1:]
    poll = {"script": script, "reader": reader}[kind](Path(folder))
    for line in sys.stdin:
        first, count = map(int, line.split())
        urls = [f"http://{address_of(number)}:{port}/{number}" for number in range(first, first + count)]
        print(json.dumps({"articles": poll(urls)}), flush=True)


if __name__ == "__main__":
    main()
