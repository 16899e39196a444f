"""The keys under which a feed carries its entries: their guids, unless those have proved to be none."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType

import orjson
import xxhash

from worker.recognise.audit import Name, all_names, bounded, find_shared_names, plainest_name
from worker.values.entries import Entry, GuidPolicy, KeyedEntry, KnownBy, Recognised, Sighted

_NOTHING_SIGHTED: Mapping[bytes, Sighted] = MappingProxyType({})


def hash_guid(guid: str) -> bytes:
    """Return the 16 bytes by which a feed's guid is looked up; collisions cannot be made on purpose."""
    return blake2b(guid.encode(), digest_size=16).digest()


def key_entries(
    entries: Sequence[Entry],
    reading: str,
    policy: GuidPolicy = GuidPolicy.GUID,
    sighted: Mapping[bytes, Sighted] = _NOTHING_SIGHTED,
) -> tuple[KeyedEntry, ...]:
    """Give each entry the key its feed carries it under, and a fingerprint; an entry repeated as it stands is one.

    An entry that says nothing at all, as a broken document may end in, is none. What entries share whose words or dates
    differ names none of them, in this document and in later ones: ``sighted`` holds, by guid hash, at least the feed's
    sightings that have not left yet.

    ``reading`` names the parser and the policy versions: what they would read differently is looked at again.
    """
    entries = [entry for entry in entries if _says_something(entry)]
    read_by = reading.encode()
    fingerprints = [xxhash.xxh3_128_digest(read_by + orjson.dumps(entry)) for entry in entries]
    names = [plainest_name(entry, policy) for entry in entries]
    shared = find_shared_names(sighted.values())
    times = Counter([key for key, _ in names])
    crowded = [
        _Crowded(at, fingerprints[at], all_names(entries[at], policy))
        for at, name in enumerate(names)
        if times[name[0]] > 1 or name[1] is KnownBy.WORDS or (shared and name in shared)
    ]
    for at, name in _tell_apart(crowded, shared, sighted).items():
        names[at] = name
    keyed: dict[bytes, KeyedEntry] = {}
    for entry, fingerprint, (key, known_by) in zip(entries, fingerprints, names, strict=True):
        guid, guid_hash = bounded(entry.guid or entry.link or key), hash_guid(key)
        keyed.setdefault(guid_hash, KeyedEntry(guid, guid_hash, fingerprint, entry, known_by))
    return tuple(keyed.values())


@dataclass(frozen=True, slots=True)
class _Crowded:
    """An entry whose plainest name may be that of others too."""

    at: int
    """Its place in the document."""
    fingerprint: bytes
    names: Sequence[Name]
    """All that it may be known by; entries that differ have different last ones."""


def _tell_apart(
    crowded: Sequence[_Crowded], shared: Collection[Name], sighted: Mapping[bytes, Sighted]
) -> dict[int, Name]:
    """Return, by the entries' places, the plainest names that are their own, now and in the documents before."""
    known = {each.at: name for each in crowded if (name := _known_name(each, sighted))}
    told: dict[int, Name] = {}
    level = 0
    while crowded:
        meant: dict[str, set[str]] = defaultdict(set)
        for each in crowded:
            meant[each.names[level][0]].add(each.names[-1][0])
        named = {each.at: each.names[level] for each in crowded if len(meant[each.names[level][0]]) == 1}
        told |= {at: name for at, name in named.items() if name not in shared}
        crowded = [each for each in crowded if each.at not in told]
        level += 1
    return told | known


def _known_name(crowded: _Crowded, sighted: Mapping[bytes, Sighted]) -> Name | None:
    """Return the name under which the feed has carried this very entry; others may have joined, or left, since."""
    for name in reversed(crowded.names if sighted else ()):
        seen = sighted.get(hash_guid(name[0]))
        # The last name holds all that tells the entry apart, so it is the entry's whatever else was edited.
        if seen and (seen.fingerprint == crowded.fingerprint or name is crowded.names[-1]):
            return name
    return None


def _says_something(entry: Entry) -> bool:
    return bool(entry.guid or entry.link or entry.title or entry.content or entry.summary)


# --- Sorting a document's entries by whether there is work to do.


def recognise(
    keyed: Sequence[KeyedEntry], sighted: Mapping[bytes, Sighted], again: Collection[bytes] = ()
) -> Recognised:
    """Sort a document's entries by whether there is work to do.

    ``sighted`` holds, by guid hash, at least the feed's sightings of these entries and all that have not left yet. What
    is known under the keys of ``again`` is work, changed or not.
    """
    present = {entry.guid_hash for entry in keyed}
    known = {entry.guid_hash: entry for entry in keyed if entry.guid_hash in sighted}
    same = {key for key, entry in known.items() if sighted[key].fingerprint == entry.fingerprint}
    unchanged = same.difference(again)
    return Recognised(
        fresh=tuple(entry for entry in keyed if entry.guid_hash not in unchanged),
        unchanged=tuple(sighted[key] for key in unchanged),
        left=tuple(seen for key, seen in sighted.items() if key not in present and not seen.left),
    )
