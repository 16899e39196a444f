"""The keys under which a feed carries its entries, and what of a document is new or edited under them.

An entry may be known by several names: its guid, its guid and link, its link, its words. Its key is the plainest name
that no other entry shares, in this document or in those before.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType

import xxhash

from worker.basics.codec import write_json
from worker.values.entries import Entry, GuidPolicy, KeyedEntry, KnownBy, KnownSighting, Recognised
from worker.values.frozen import replace

_Name = tuple[str, KnownBy]
_LONGEST, _KEPT = 4000, 3900
_NOTHING_SIGHTED: Mapping[bytes, KnownSighting] = MappingProxyType({})


def hash_guid(guid: str) -> bytes:
    """Return the 16 bytes by which a feed's guid is looked up; nobody can make two guids collide on purpose."""
    return blake2b(guid.encode(), digest_size=16).digest()


def key_entries(
    entries: Sequence[Entry],
    reading: str,
    policy: GuidPolicy = GuidPolicy.GUID,
    sighted: Mapping[bytes, KnownSighting] = _NOTHING_SIGHTED,
) -> tuple[KeyedEntry, ...]:
    """Return the distinct entries of a document, each with its key and fingerprint, without those that say nothing.

    ``sighted`` holds, by guid hash, at least the feed's sightings that have not left yet: a name that entries with
    different words or dates share is nobody's key, in this document and in later ones.

    ``reading`` names the parser and the policy versions. It is part of the fingerprints: when it changes, all entries
    are looked at again.
    """
    # A broken document may end in an entry without a word.
    entries = [entry for entry in entries if _says_anything(entry)]
    read_by = reading.encode()
    fingerprints = [xxhash.xxh3_128_digest(read_by + write_json(entry)) for entry in entries]
    names = [_plainest_name(entry, policy) for entry in entries]
    shared = _find_shared_names(sighted.values())
    times = Counter([key for key, _ in names])
    crowded = {
        place: _all_names(entries[place], policy)
        for place, name in enumerate(names)
        if times[name[0]] > 1 or name[1] is KnownBy.WORDS or (shared and name in shared)
    }
    own_names = _tell_apart(crowded, shared)
    for place, choices in crowded.items():
        names[place] = _known_name(choices, fingerprints[place], sighted) or own_names[place]
    keyed: dict[bytes, KeyedEntry] = {}
    for entry, fingerprint, (key, known_by) in zip(entries, fingerprints, names, strict=True):
        guid, guid_hash = _bounded(entry.guid or entry.link or key), hash_guid(key)
        keyed.setdefault(guid_hash, KeyedEntry(guid, guid_hash, fingerprint, entry, known_by))
    return tuple(keyed.values())


def key_within(keyed: Sequence[KeyedEntry], path: str) -> tuple[KeyedEntry, ...]:
    """Return entries with keys of their own for the file at this path within the folder that is their feed."""
    return tuple(replace(each, guid_hash=hash_within(each.guid_hash, path)) for each in keyed)


def hash_within(guid_hash: bytes, path: str) -> bytes:
    """Return the key that an entry has whose file lies at this path within the folder that is its feed."""
    return blake2b(guid_hash + path.encode(), digest_size=16).digest()


def _says_anything(entry: Entry) -> bool:
    return bool(entry.guid or entry.link or entry.title or entry.content or entry.summary or entry.enclosures)


def _plainest_name(entry: Entry, policy: GuidPolicy) -> _Name:
    """Return the name by which an entry is known where no other entry shares it."""
    if entry.link and (policy is GuidPolicy.LINK or not entry.guid):
        return _bounded(entry.link), KnownBy.LINK
    if entry.guid and policy is not GuidPolicy.GUID_AND_LINK:
        return _bounded(entry.guid), KnownBy.GUID
    if entry.guid and entry.link:
        return _bounded(f"{entry.guid} {entry.link}"), KnownBy.GUID_AND_LINK
    return _words(entry, policy)


def has_plain_key(keyed: KeyedEntry, policy: GuidPolicy) -> bool:
    """Say whether an entry is known by the plainest of its names, so that no other entry shares that.

    Where words are the plainest name, only those of an entry without a guid and a link are.
    """
    if keyed.known_by is KnownBy.WORDS:
        return is_nameless(keyed.entry) and keyed.guid_hash == hash_plain_key(keyed, policy)
    return keyed.known_by is _plainest_name(keyed.entry, policy)[1]


def hash_plain_key(keyed: KeyedEntry, policy: GuidPolicy) -> bytes:
    """Return the hash of the plainest name that an entry has, whoever shares it."""
    return hash_guid(_plainest_name(keyed.entry, policy)[0])


def is_nameless(entry: Entry) -> bool:
    """Say whether an entry has neither guid nor link: nothing but its words, and its date, tells it from others."""
    return not (entry.guid or entry.link)


def list_keys(entry: Entry) -> frozenset[bytes]:
    """Return the hashes of the keys that an entry has under each guid policy, where it shares none of its names."""
    return frozenset(hash_guid(_plainest_name(entry, policy)[0]) for policy in GuidPolicy)


def _all_names(entry: Entry, policy: GuidPolicy) -> list[_Name]:
    """Return an entry's names, the plainest first; the last is made of words and date, and differs where these do."""
    name = _plainest_name(entry, policy)
    names = [name]
    if name[1] is KnownBy.GUID and entry.link and policy is GuidPolicy.GUID:
        names.append(_plainest_name(entry, GuidPolicy.GUID_AND_LINK))
    if name[1] is not KnownBy.WORDS:
        names.append(_words(entry, policy))
    return [*names, _words(entry, policy, entry.published or entry.updated or "")]


def _words(entry: Entry, policy: GuidPolicy, *more: str) -> _Name:
    # A guid that the policy ignores may be another one tomorrow.
    is_by_link = policy is GuidPolicy.LINK and entry.link
    name = " ".join(part for part in (None if is_by_link else entry.guid, entry.link) if part)
    body = entry.content or entry.summary or ""
    if not (name or entry.title or body) and entry.enclosures:
        # A podcast may have sent a file and nothing else.
        name = entry.enclosures[0].url
    words = "\0".join((name, entry.title or "", body, *more))
    return f"content:{xxhash.xxh3_128_hexdigest(words.encode())}", KnownBy.WORDS


def _bounded(key: str) -> str:
    """Return a key no longer than stored guids may be; two long ones that begin alike stay two."""
    return key if len(key) <= _LONGEST else f"{key[:_KEPT]}…{xxhash.xxh3_128_hexdigest(key.encode())}"


def _find_shared_names(sighted: Iterable[KnownSighting]) -> frozenset[_Name]:
    """Return the names in a feed's newest document that entries shared, so that another name had to be their key."""
    present = [seen for seen in sighted if not seen.has_left]
    by_words = (name for seen in present if seen.known_by is KnownBy.WORDS for name in _names_shared_by(seen))
    # Where guids are believed, only a guid that entries share needs the link beside it.
    by_both = ((seen.guid, KnownBy.GUID) for seen in present if seen.known_by is KnownBy.GUID_AND_LINK)
    return frozenset((*by_words, *by_both))


def _names_shared_by(seen: KnownSighting) -> Iterator[_Name]:
    yield seen.guid, KnownBy.GUID
    url = seen.original_url or ""
    path = url.partition("://")[2].partition("/")[2]
    # A sighting's link is absolute, an entry's is as published: these are the usual ways to write it. Without a guid
    # the sighting has the link as published in its place; and many a guid is the link.
    links = {url, url.removesuffix("/"), f"/{path}", path, path.rpartition("/")[2]} - {""}
    for link in {seen.guid, *links}:
        yield link, KnownBy.LINK
        yield f"{seen.guid} {link}", KnownBy.GUID_AND_LINK


def _tell_apart(crowded: Mapping[int, Sequence[_Name]], shared: Collection[_Name]) -> dict[int, _Name]:
    """Return, by place in the document, each entry's plainest name that no entry with other words or date shares."""
    own_names: dict[int, _Name] = {}
    level = 0
    while len(own_names) < len(crowded):
        undecided = {place: names for place, names in crowded.items() if place not in own_names}
        bearers: dict[str, set[str]] = defaultdict(set)
        for names in undecided.values():
            bearers[names[level][0]].add(names[-1][0])
        unique = {place: names[level] for place, names in undecided.items() if len(bearers[names[level][0]]) == 1}
        own_names |= {place: name for place, name in unique.items() if name not in shared}
        level += 1
    return own_names


def _known_name(names: Sequence[_Name], fingerprint: bytes, sighted: Mapping[bytes, KnownSighting]) -> _Name | None:
    """Return the name under which the feed has carried this very entry, whoever else has come to share it since."""
    for name in reversed(names if sighted else ()):
        seen = sighted.get(hash_guid(name[0]))
        # The last name holds all that tells the entry apart, so it is the entry's whatever else was edited.
        if seen and (seen.fingerprint == fingerprint or name is names[-1]):
            return name
    return None


def note_shared_names(keyed: Iterable[KeyedEntry], policy: GuidPolicy) -> str | None:
    """Return a note for the ledger on entries that share their guid or link with others; None where there are none."""
    count = Counter(each.known_by for each in keyed if each.entry.guid or each.entry.link)
    notes = []
    if by_words := count[KnownBy.WORDS]:
        notes.append(f"entries that share a guid or a link, known by their words: {by_words}")
    if policy is GuidPolicy.GUID and (by_both := count[KnownBy.GUID_AND_LINK]):
        notes.append(f"entries that share a guid, known by their links too: {by_both}")
    return "; ".join(notes) or None


def recognise(
    keyed: Sequence[KeyedEntry], sighted: Mapping[bytes, KnownSighting], again: Collection[bytes] = ()
) -> Recognised:
    """Sort a document's entries by whether there is work to do.

    ``sighted`` holds, by guid hash, at least the feed's sightings of these entries and all that have not left yet.
    Entries under the keys of ``again`` are work even if they have not changed.
    """
    present = {entry.guid_hash for entry in keyed}
    known = (entry for entry in keyed if entry.guid_hash in sighted)
    same = {entry.guid_hash for entry in known if entry.fingerprint == sighted[entry.guid_hash].fingerprint}
    unchanged = same.difference(again)
    return Recognised(
        fresh=tuple(entry for entry in keyed if entry.guid_hash not in unchanged),
        unchanged=tuple(sighted[key] for key in unchanged),
        left=tuple(seen for key, seen in sighted.items() if key not in present and not seen.has_left),
    )
