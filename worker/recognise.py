"""Stage recognise: which entries of a document are new or edited, from the fingerprints of those seen before.

Known entries go no further: what a poll costs follows what is new, not what is served.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import orjson
import xxhash

from worker.values import Entry, KeyedEntry, Recognised, Sighted


def hash_guid(guid: str) -> bytes:
    """Return the 16 bytes by which a feed's guid is looked up; collisions cannot be made on purpose."""
    return blake2b(guid.encode(), digest_size=16).digest()


def key_entries(entries: Sequence[Entry], reading: str) -> tuple[KeyedEntry, ...]:
    """Give each entry the key its feed carries it under, and a fingerprint; an entry repeated as it stands is one.

    An entry that says nothing at all, as a broken document may end in, is none.

    ``reading`` names the parser and the policy versions: what they would read differently is looked at again.
    """
    links_of_guid = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries})
    keyed: dict[bytes, KeyedEntry] = {}
    for entry in filter(_says_something, entries):
        guid = _key(entry, is_shared=links_of_guid[entry.guid] > 1)
        fingerprint = xxhash.xxh3_128_digest(reading.encode() + orjson.dumps(entry))
        found = KeyedEntry(guid, hash_guid(guid), fingerprint, entry)
        keyed.setdefault(found.guid_hash, found)
    return tuple(keyed.values())


def recognise(keyed: Sequence[KeyedEntry], sighted: Mapping[bytes, Sighted]) -> Recognised:
    """Sort a document's entries by whether there is work to do.

    ``sighted`` holds, by guid hash, at least the feed's sightings of these entries and all that have not left yet.
    """
    present = {entry.guid_hash for entry in keyed}
    known = {entry.guid_hash: entry for entry in keyed if entry.guid_hash in sighted}
    unchanged = {key for key, entry in known.items() if sighted[key].fingerprint == entry.fingerprint}
    return Recognised(
        fresh=tuple(entry for entry in keyed if entry.guid_hash not in unchanged),
        returned=tuple(sighted[key].sighting_id for key in unchanged if sighted[key].left),
        left=tuple(seen.sighting_id for key, seen in sighted.items() if key not in present and not seen.left),
    )


def _says_something(entry: Entry) -> bool:
    return bool(entry.guid or entry.link or entry.title or entry.content or entry.summary)


def _key(entry: Entry, *, is_shared: bool) -> str:
    # Some feeds give all their entries one guid; the link then tells them apart.
    if entry.guid and not is_shared:
        return entry.guid
    if entry.link:
        return f"{entry.guid} {entry.link}" if entry.guid else entry.link
    words = "\0".join((entry.guid or "", entry.title or "", entry.content or entry.summary or ""))
    return f"content:{xxhash.xxh3_128_hexdigest(words.encode())}"
