"""What an entry may be known by, and which of those names a feed's documents have shown to name more than one entry."""

from collections import Counter
from collections.abc import Iterable, Iterator

import xxhash

from worker.values import Entry, GuidPolicy, KeyedEntry, KnownBy, Sighted

Name = tuple[str, KnownBy]
"""A key that an entry may be known by, and what kind of key it is."""

_LONGEST, _KEPT = 4000, 3900


def bounded(key: str) -> str:
    """Return a key that is as short as stored guids are; two that begin alike stay two."""
    return key if len(key) <= _LONGEST else f"{key[:_KEPT]}…{xxhash.xxh3_128_hexdigest(key.encode())}"


def plainest_name(entry: Entry, policy: GuidPolicy) -> Name:
    """Return what an entry is known by where no other entry shares it."""
    if entry.link and (policy is GuidPolicy.LINK or not entry.guid):
        return bounded(entry.link), KnownBy.LINK
    if entry.guid and policy is not GuidPolicy.GUID_AND_LINK:
        return bounded(entry.guid), KnownBy.GUID
    if entry.guid and entry.link:
        return bounded(f"{entry.guid} {entry.link}"), KnownBy.GUID_AND_LINK
    return _words(entry, policy)


def all_names(entry: Entry, policy: GuidPolicy) -> list[Name]:
    """Return all that an entry may be known by, from the plainest to the one that holds all that tells it apart."""
    name = plainest_name(entry, policy)
    names = [name]
    if name[1] is KnownBy.GUID and entry.link and policy is GuidPolicy.GUID:
        names.append(plainest_name(entry, GuidPolicy.GUID_AND_LINK))
    if name[1] is not KnownBy.WORDS:
        names.append(_words(entry, policy))
    return [*names, _words(entry, policy, entry.published or entry.updated or "")]


def find_shared_names(sighted: Iterable[Sighted]) -> frozenset[Name]:
    """Return the names that entries shared which had to be known by their words, of those in a feed's newest document.

    A sighting's link is absolute, an entry's as published: the usual ways to write it are all among the names.
    """
    present = [seen for seen in sighted if not seen.left]
    by_words = (name for seen in present if seen.known_by is KnownBy.WORDS for name in _names_shared_by(seen))
    # Where guids are believed, only one that others share needs the link beside it.
    by_both = ((seen.guid, KnownBy.GUID) for seen in present if seen.known_by is KnownBy.GUID_AND_LINK)
    return frozenset((*by_words, *by_both))


def note_shared_names(keyed: Iterable[KeyedEntry], policy: GuidPolicy) -> str | None:
    """Return a note for the ledger on the entries whose guid or link names others too; None where there are none."""
    named = Counter(each.known_by for each in keyed if each.entry.guid or each.entry.link)
    by_link = named[KnownBy.GUID_AND_LINK] if policy is GuidPolicy.GUID else 0
    told = (
        f"entries that share a guid or a link, known by their words: {named[KnownBy.WORDS]}"
        * bool(named[KnownBy.WORDS]),
        f"entries that share a guid, known by their links too: {by_link}" * bool(by_link),
    )
    return "; ".join(filter(None, told)) or None


def _words(entry: Entry, policy: GuidPolicy, *more: str) -> Name:
    # Guids that the policy passes over may be others tomorrow.
    is_by_link = policy is GuidPolicy.LINK and entry.link
    name = " ".join(part for part in (None if is_by_link else entry.guid, entry.link) if part)
    words = "\0".join((name, entry.title or "", entry.content or entry.summary or "", *more))
    return f"content:{xxhash.xxh3_128_hexdigest(words.encode())}", KnownBy.WORDS


def _names_shared_by(seen: Sighted) -> Iterator[Name]:
    yield seen.guid, KnownBy.GUID
    # Without a guid the link as published stands in for it; and many a guid is the link.
    for link in {seen.guid, *_ways_to_write(seen.original_url or "")}:
        yield link, KnownBy.LINK
        yield f"{seen.guid} {link}", KnownBy.GUID_AND_LINK


def _ways_to_write(url: str) -> set[str]:
    path = url.partition("://")[2].partition("/")[2]
    return {url, url.removesuffix("/"), f"/{path}", path, path.rpartition("/")[2]} - {""}
