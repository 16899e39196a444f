"""The keys under which a feed carries its entries: their guids, unless those have proved to be none."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import orjson
import xxhash

from worker.values import Entry, GuidPolicy, KeyedEntry

_LONGEST, _KEPT = 4000, 3900


def hash_guid(guid: str) -> bytes:
    """Return the 16 bytes by which a feed's guid is looked up; collisions cannot be made on purpose."""
    return blake2b(guid.encode(), digest_size=16).digest()


def key_entries(entries: Sequence[Entry], reading: str, policy: GuidPolicy = GuidPolicy.GUID) -> tuple[KeyedEntry, ...]:
    """Give each entry the key its feed carries it under, and a fingerprint; an entry repeated as it stands is one.

    An entry that says nothing at all, as a broken document may end in, is none.

    ``reading`` names the parser and the policy versions: what they would read differently is looked at again.
    """
    links_of_guid = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries})
    times_of_link = Counter(entry.link for entry in entries)
    keyed: dict[bytes, KeyedEntry] = {}
    for entry in filter(_says_something, entries):
        # Several entries of one document with one guid, or one link: the other of the two tells them apart.
        is_guid_shared = policy is GuidPolicy.GUID_AND_LINK or links_of_guid[entry.guid] > 1
        is_link_enough = policy is GuidPolicy.LINK and times_of_link[entry.link] == 1
        guid = _bounded(_key(entry, is_guid_shared=is_guid_shared, is_link_enough=is_link_enough))
        fingerprint = xxhash.xxh3_128_digest(reading.encode() + orjson.dumps(entry))
        found = KeyedEntry(guid, hash_guid(guid), fingerprint, entry)
        keyed.setdefault(found.guid_hash, found)
    return tuple(keyed.values())


def _says_something(entry: Entry) -> bool:
    return bool(entry.guid or entry.link or entry.title or entry.content or entry.summary)


def _bounded(key: str) -> str:
    """Return a key that is as short as stored guids are; two that begin alike stay two."""
    return key if len(key) <= _LONGEST else f"{key[:_KEPT]}…{xxhash.xxh3_128_hexdigest(key.encode())}"


def _key(entry: Entry, *, is_guid_shared: bool, is_link_enough: bool) -> str:
    if entry.link and (is_link_enough or not entry.guid):
        return entry.link
    if entry.guid and not is_guid_shared:
        return entry.guid
    if entry.link:
        return f"{entry.guid} {entry.link}"
    words = "\0".join((entry.guid or "", entry.title or "", entry.content or entry.summary or ""))
    return f"content:{xxhash.xxh3_128_hexdigest(words.encode())}"
