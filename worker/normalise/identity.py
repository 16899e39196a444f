"""By what an article is found besides its feed's guid, and which version of it an entry is.

A name counts as far as it is vouched for. Files are the operator's own and share one space of names; a polled feed
speaks for the site that serves it, so that nobody rewrites or kills what another one publishes by naming it.
"""

import re

from worker.basics.text import clean, fold, shorten_key, spell_bare
from worker.basics.urls import is_bare_site, match_key, site
from worker.normalise.context import FeedContext
from worker.values import Entry
from worker.wire.agencies import agency_name

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
            return shorten_key(f"item {item_id}")
        return shorten_key(f"item {item_id} of {feed.publisher}") if feed.publisher else None
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
