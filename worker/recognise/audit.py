"""The audit of a feed's guids: whether they tell its entries apart and stay, and by what to know entries if not.

A verdict stands once it is made: another key would make every entry look new again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import xxhash

from worker.values.entries import Entry, GuidPolicy, GuidRule, KeyedEntry, KnownBy, Sighted

# A redesign gives all entries other guids once; twice running is a habit.
_HABIT = 2


def audit_guids(rule: GuidRule, entries: Sequence[Entry], *, renamed: int, carried: int) -> GuidRule:
    """Return by what the feed's entries are known from the next document on.

    ``renamed`` of the ``carried`` entries that the document before this one held came back under other guids.
    """
    if rule.is_fixed or rule.policy is not GuidPolicy.GUID:
        return rule
    guids = [entry.guid for entry in entries if entry.guid]
    if not guids and any(entry.link for entry in entries):
        return GuidRule(GuidPolicy.LINK, "its entries have no guids")
    if shared := _count_shared(entries):
        # One guid used twice among many is a slip; the link tells those two apart.
        if 2 * shared > len(guids):
            return GuidRule(GuidPolicy.GUID_AND_LINK, f"{shared} of the {len(guids)} guids in its document were shared")
        return rule
    return _count_renaming(rule, renamed, carried)


def _count_shared(entries: Sequence[Entry]) -> int:
    """Return how many distinct entries have a guid that another one of the document has too."""
    links_of_guid = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries if entry.guid})
    return sum(count for count in links_of_guid.values() if count > 1)


def _count_renaming(rule: GuidRule, renamed: int, carried: int) -> GuidRule:
    if not renamed or 2 * renamed < carried:
        return replace(rule, renamings=0)
    if rule.renamings + 1 < _HABIT:
        return replace(rule, renamings=rule.renamings + 1)
    return GuidRule(GuidPolicy.LINK, f"its guids changed {_HABIT} times running while the entries stayed")


# --- What an entry may be known by, and which of those names a feed's documents have shown to name more than one
# entry.

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
