"""The names by which an article is found besides its feed's guid, and the number of its version.

A name counts only as far as somebody vouches for it. Files are the operator's own and share one space of names. A
polled feed speaks for the site that serves it: it cannot rewrite or kill another site's article by naming it.
"""

import re

import xxhash

from worker.basics.codec import write_json
from worker.basics.text import clean, fold, shorten_key, spell_bare
from worker.basics.urls import is_bare_site, match_key, site_of_page
from worker.normalise.feed_context import FeedContext
from worker.values.articles import ITEM_PREFIX, PATH_PREFIX, WORDS_PREFIX, Article
from worker.values.entries import Entry
from worker.wire.agencies import agency_name
from worker.wire.dispatch import DISPATCH_GUID

_LONGEST_ID = 4_000
_LONGEST_SLUG = 200
_LONGEST_PATH = 1_000
# The cycle that a slug is sent in: for morning papers, for evening papers, for both.
_CYCLE = re.compile(r"^(?:am|pm|bc|ap)-(?=.)")
_VERSION = re.compile(r"\s*0*([1-9]\d{0,18})(?:\.0*)?\s*", re.ASCII)
_LARGEST_VERSION = 2**63 - 1
# Besides its words, what makes a wire's file an article of its own.
_SENT = (
    "content_hash", "published_at", "agency", "slug", "notice", "notice_number", "dateline_place", "authors",
)  # fmt: skip


def key_across_feeds(entry: Entry, url: str | None, feed: FeedContext) -> str | None:
    """Return the match key of a newsroom's item, else of the entry's page; None where nobody vouches for it.

    ``url`` is the canonical one of the page.
    """
    if entry.item_id and (item_id := fold(clean(entry.item_id, _LONGEST_ID))):
        if feed.is_file:
            return shorten_key(f"{ITEM_PREFIX}{item_id}")
        return shorten_key(f"{ITEM_PREFIX}{item_id} of {feed.publisher}") if feed.publisher else None
    # Only a site's own feeds name its pages: a link blog must never pass for the publisher.
    if url is None or is_bare_site(url) or site_of_page(url) != feed.publisher:
        return None
    return match_key(url)


def wire_key(entry: Entry, title: str, feed: FeedContext) -> str | None:
    """Return the key that all versions of one dispatch share; None for what no wire sent.

    It is the folded slug, else agency and headline. A kill or correction whose text names another slug has that slug's
    key, for it acts on that dispatch.
    """
    written = entry.agency or feed.agency
    if not (entry.slug or entry.named_slug or written):
        return None
    own, named = _bare_slug(entry.slug), _bare_slug(entry.named_slug)
    slug = own if not named or own == named or own.endswith(f"-{named}") else named
    agency = spell_bare(agency_name(written)) if written else ""
    headline = spell_bare(title) if agency and not slug else ""
    key = slug or (f"{agency}: {headline}"[:_LONGEST_SLUG] if headline else None)
    return key if key is None or feed.is_file else shorten_key(f"{key} of {feed.publisher or feed.feed_url}")


def _bare_slug(slug: str | None) -> str:
    return _CYCLE.sub("", spell_bare(slug or ""))[:_LONGEST_SLUG]


def file_names(article: Article, path: str | None, guid: str = DISPATCH_GUID) -> tuple[str, ...]:
    """Return the two names of an article that came in a wire's file; none for a newsroom's item, which has its own.

    One of several in a file has its ``guid`` in that name: each is found by its own.

    The words alone are no name: a wire may send the same words every day, a repeat has those of the repeated dispatch,
    and another agency may send them too. Each of these is an article of its own.
    """
    if path is None or article.is_item:
        return ()
    sent = write_json([getattr(article, name) for name in _SENT])
    place = path if guid == DISPATCH_GUID else f"{path} {guid}"
    return f"{WORDS_PREFIX}{xxhash.xxh3_128_hexdigest(sent)}", name_path(place)


def name_path(place: str) -> str:
    """Return the name of what a path leads to: a file, or behind a blank one of several dispatches in it."""
    return f"{PATH_PREFIX}{clean(place, _LONGEST_PATH)}"


def read_version(entry: Entry) -> int | None:
    """Return the publisher's number of a version, which rises; None where there is none, or it is no number."""
    found = _VERSION.fullmatch(entry.version) if entry.version else None
    return number if found and (number := int(found[1])) <= _LARGEST_VERSION else None


def is_unnumbered(entry: Entry) -> bool:
    """Say whether an entry names its version by something that is no number, and so cannot be ordered by it."""
    return entry.version is not None and read_version(entry) is None
