"""By what an article is found besides its feed's guid, and which version of it an entry is.

A name counts as far as it is vouched for. Files are the operator's own and share one space of names; a polled feed
speaks for the site that serves it, so that nobody rewrites or kills what another one publishes by naming it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import xxhash

from worker.basics.codec import write_json
from worker.basics.tenancy import publisher_of
from worker.basics.text import clean, fold, shorten_key, spell_bare
from worker.basics.urls import absolute_url, is_bare_site, match_key, site
from worker.normalise.language import Detect
from worker.values.articles import ITEM_PREFIX, PATH_PREFIX, WORDS_PREFIX, Article
from worker.values.entries import Entry
from worker.wire.agencies import agency_name

# --- What an entry is read against: the feed that carries it and the document it stands in.


@dataclass(frozen=True, slots=True)
class FeedContext:
    """A feed, the document an entry stands in, and what tells the language of a text."""

    feed_url: str
    document_url: str
    """Where its bytes came from, after redirects: a file's URI for a saved document."""
    site_url: str | None
    language: str | None
    said_at: datetime
    """When the document was made, or read: that of all versions whose publisher says nothing of it."""
    detect: Detect | None = None
    """None where only declared languages count."""
    path: str | None = None
    """Of a wire's file, its path within the folder it is read from."""

    @property
    def is_file(self) -> bool:
        """True for a feed that is a file, which is the operator's own."""
        return self.feed_url.startswith("file:")

    @property
    def publisher(self) -> str | None:
        """The site whose word the document is; None for a file, and for a host on which anybody may publish."""
        if self.is_file:
            return None
        # Who saves a document vouches for it that it came from where it says.
        return publisher_of(self.document_url if site(self.document_url) else self.feed_url)

    @property
    def base_url(self) -> str | None:
        """What relative links of the document resolve against (RFC 3986, section 5.1.3)."""
        # In a saved document they mean the site, not the folder it was saved to.
        return _first_on_the_web(self.document_url, self.site_url or "", self.feed_url)


# All entries of a document ask for it, several times each.
@lru_cache(maxsize=256)
def _first_on_the_web(*urls: str) -> str | None:
    return next(filter(None, map(absolute_url, urls)), None)


_LONGEST_ID = 4_000
_LONGEST_SLUG = 200
# The cycle in which a slug is sent: for morning papers, for evening papers, for both.
_CYCLE = re.compile(r"^(?:am|pm|bc|ap)-(?=.)")
_VERSION = re.compile(r"\s*0*([1-9]\d{0,18})(?:\.0*)?\s*", re.ASCII)
_MOST = 2**63 - 1


def key_across_feeds(entry: Entry, url: str | None, feed: FeedContext) -> str | None:
    """Return what a newsroom's item, else a page, has in common across feeds; None where nobody vouches for it.

    ``url`` is the canonical one of the entry's page.
    """
    if item_id := fold(clean(entry.item_id or "", _LONGEST_ID)):
        if feed.is_file:
            return shorten_key(f"{ITEM_PREFIX}{item_id}")
        return shorten_key(f"{ITEM_PREFIX}{item_id} of {feed.publisher}") if feed.publisher else None
    # A link blog must never be taken for the publisher: only a site's own feeds may name its pages.
    if url is None or is_bare_site(url) or site(url) != feed.publisher:
        return None
    return match_key(url)


def wire_key(entry: Entry, title: str, feed: FeedContext) -> str | None:
    """Return what the versions of one dispatch have in common; None for what no wire sent.

    That is its folded slug, without one its agency and headline. A notice that names another slug than its own goes
    under that one: it is no version of anything else.
    """
    own, named = _fold(entry.slug), _fold(entry.named_slug)
    slug = own if not named or own == named or own.endswith(f"-{named}") else named
    agency = spell_bare(agency_name(entry.agency)) if entry.agency else ""
    headline = spell_bare(title) if agency and not slug else ""
    key = slug or (f"{agency}: {headline}"[:_LONGEST_SLUG] if headline else None)
    return key if key is None or feed.is_file else shorten_key(f"{key} of {feed.publisher or feed.feed_url}")


def read_version(entry: Entry) -> int | None:
    """Return the publisher's number for a version, which rises; None where there is none, or what is no number."""
    found = _VERSION.fullmatch(entry.version or "")
    number = int(found[1]) if found else _MOST + 1
    return number if number <= _MOST else None


def is_unnumbered(entry: Entry) -> bool:
    """Say whether an entry names its version by something that is no number, and so has no place in their order."""
    return entry.version is not None and read_version(entry) is None


def _fold(slug: str | None) -> str:
    return _CYCLE.sub("", spell_bare(slug or ""))[:_LONGEST_SLUG]


# --- By what else an article is found that came as a wire's file: what it says, and its path within its folder.

_LONGEST = 1000
_SENT = (
    "content_hash", "published_at", "agency", "slug", "notice", "notice_number", "dateline_place", "authors",
)  # fmt: skip


def file_names(article: Article, path: str | None) -> tuple[str, ...]:
    """Return the names of an article that came as a file; none for one that has a better name or came otherwise.

    The words alone do not do: a wire may send the same ones every day, a repeat has those of what it repeats, and
    another agency may send them too. Each of these is an article of its own.
    """
    if path is None or article.is_item:
        return ()
    sent = [getattr(article, name) for name in _SENT]
    return f"{WORDS_PREFIX}{xxhash.xxh3_128_hexdigest(write_json(sent))}", f"{PATH_PREFIX}{clean(path, _LONGEST)}"
