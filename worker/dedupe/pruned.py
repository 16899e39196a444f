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


def list_pages(sighting: Sighting) -> list[bytes]:
    """Return the hashes by which an entry may be found in its own feed: of its link, vouched for or not."""
    link = link_key(sighting.article.original_url) if _has_names(sighting) else None
    return [_hash_name(kind, link) for kind in ("page", "link")] if link else []


def list_names(sighting: Sighting) -> list[bytes]:
    """Return the hashes of what names an entry's article whatever feed carries it: match key, and words of a file."""
    match_key = sighting.article.match_key if _has_names(sighting) else None
    return [*hash_words(sighting.names), *([_hash_name("page", match_key)] if match_key else [])]


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
    times = Counter(page for sighting in unknown for page in list_pages(sighting))

    def find(sighting: Sighting) -> Iterator[bool]:
        yield _is_under_its_key(sighting, by_key.get(sighting.guid_hash))
        yield any(by_page.get(words) for words in hash_words(sighting.names))
        others = filter(None, (by_key.get(key) for key in other_keys.get(sighting.guid_hash, ())))
        yield any(_is_at_its_page(sighting, each) for each in others)
        # A link that entries share is the name of none.
        if all(times[page] == 1 for page in list_pages(sighting)):
            yield any(_is_same_news(sighting.article, each) for each in _find_at_page(feed_id, sighting, by_page))

    return frozenset(sighting.guid_hash for sighting in unknown if any(find(sighting)))


def _find_at_page(
    feed_id: int, sighting: Sighting, by_page: Mapping[bytes, Sequence[Tombstone]]
) -> Iterator[Tombstone]:
    """Yield the tombstones of an entry's page: those of its own feed, and where it has a match key all."""
    for page in list_names(sighting):
        yield from by_page.get(page, ())
    for page in list_pages(sighting):
        yield from (each for each in by_page.get(page, ()) if each.feed_id == feed_id)


def _is_under_its_key(sighting: Sighting, mine: Tombstone | None) -> bool:
    """Say whether an entry is what had its key: not where page, date and words are all others than they were."""
    if mine is None:
        return False
    is_undated = sighting.article.published_at is None or mine.published_at is None
    return is_undated or _is_at_its_page(sighting, mine) or _is_same_news(sighting.article, mine)


def _is_at_its_page(sighting: Sighting, pruned: Tombstone) -> bool:
    return pruned.page_hash in {*list_pages(sighting), *list_names(sighting)}


def _is_same_news(article: Article, pruned: Tombstone) -> bool:
    """Say whether an entry and a pruned article have the same words, were published at about one time, or are items."""
    one, other = article.published_at, pruned.published_at
    is_of_one_time = one is not None and other is not None and abs(one - other) < _EDIT
    return is_of_one_time or is_item_key(article.match_key) or article.content_hash == pruned.content_hash
