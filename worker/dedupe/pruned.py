"""Entries of pruned articles: known by the tombstones that retention left, so that none is new again.

A feed's key means the pruned article, unless the entry is plainly other news. A page is used again by some publishers,
and a match key is any feed's to name: there the words or the date must agree too. In doubt the entry is stored.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import blake2b
from types import MappingProxyType

from worker.basics.urls import link_key
from worker.values.articles import WORDS_PREFIX, Article, Sighting, Tombstone, is_item_key
from worker.values.entries import KnownBy

# As for a known article: a change within half a day is an edit.
_EDIT = timedelta(hours=12)


def hash_page(match_key: str | None, original_url: str | None) -> bytes | None:
    """Return the hash of what an article is found by besides its guid: its match key, else its link."""
    if match_key:
        return _hash_name("page", match_key)
    link = link_key(original_url)
    return _hash_name("link", link) if link else None


def hash_words(names: Iterable[str]) -> list[bytes]:
    """Return the hashes of those of a file's names that are made of its words."""
    return [_hash_name("file", name) for name in names if name.startswith(WORDS_PREFIX)]


def page_of(sighting: Sighting) -> bytes | None:
    """Return the hash by which an entry's page is found; None for none, and where others may have the same link."""
    article = sighting.article
    return hash_page(article.match_key, article.original_url) if _has_names(sighting) else None


def list_pages(sighting: Sighting) -> list[bytes]:
    """Return the hashes of an entry's page, and of the words of a file."""
    return [*hash_words(sighting.names), *filter(None, [page_of(sighting)])]


def _has_names(sighting: Sighting) -> bool:
    # What is known by its words shares its guid and its link with others.
    return sighting.known_by is not KnownBy.WORDS


def _hash_name(kind: str, name: str) -> bytes:
    # Nobody can make two of them collide on purpose.
    return blake2b(f"{kind} {name}".encode(errors="surrogatepass"), digest_size=16).digest()


def find_pruned(
    feed_id: int,
    unknown: Sequence[Sighting],
    tombstones: Iterable[Tombstone],
    other_keys: Mapping[bytes, Collection[bytes]] = MappingProxyType({}),
) -> frozenset[bytes]:
    """Return the guid hashes of the entries whose articles were pruned; ``unknown`` have no sighting in the feed.

    ``other_keys`` are, by guid hash, those that an entry would have under another guid policy.
    """
    by_key: dict[bytes, Tombstone] = {}
    by_page: dict[bytes, list[Tombstone]] = defaultdict(list)
    for each in tombstones:
        if each.feed_id == feed_id:
            by_key[each.guid_hash] = each
        if each.page_hash:
            by_page[each.page_hash].append(each)
    times = Counter(map(page_of, unknown))

    def find(sighting: Sighting) -> Iterator[bool]:
        yield _is_under_its_key(sighting, by_key.get(sighting.guid_hash))
        yield any(by_page.get(words) for words in hash_words(sighting.names))
        if (page := page_of(sighting)) is None:
            return
        there = [each for each in by_page.get(page, ()) if each.feed_id == feed_id or sighting.article.match_key]
        others = other_keys.get(sighting.guid_hash, ())
        mine = (each for each in there if each.feed_id == feed_id and each.guid_hash in others)
        yield any(_is_under_its_key(sighting, each) for each in mine)
        # A link that entries share is the name of none.
        yield times[page] == 1 and any(_is_same_news(sighting.article, each) for each in there)

    return frozenset(sighting.guid_hash for sighting in unknown if any(find(sighting)))


def _is_under_its_key(sighting: Sighting, mine: Tombstone | None) -> bool:
    """Say whether an entry is what had its key: not where its words are others, and its page and date too.

    A date since the pruning is no edit's. Where the feed gave no date, the page decides.
    """
    if mine is None or _is_same_news(sighting.article, mine):
        return mine is not None
    published_at, page = sighting.article.published_at, page_of(sighting)
    if published_at and mine.pruned_at and published_at > mine.pruned_at:
        return False
    if mine.published_at is None:
        return mine.page_hash is None or page is None or page == mine.page_hash
    return published_at is None or (mine.page_hash is not None and page == mine.page_hash)


def _is_same_news(article: Article, pruned: Tombstone) -> bool:
    """Say whether an entry and a pruned article have the same words, were published at about one time, or are items."""
    one, other = article.published_at, pruned.published_at
    is_of_one_time = one is not None and other is not None and abs(one - other) < _EDIT
    return is_of_one_time or is_item_key(article.match_key) or article.content_hash == pruned.content_hash
