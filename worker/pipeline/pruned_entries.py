"""Leaving out of documents the entries whose articles retention has pruned: they are not stored again.

What a poll has read goes through ``without_pruned``; what is read again, whose keys are looked up alike, asks
``find_pruned_entries`` itself.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from worker.dedupe.pruned import find_pruned, list_pages
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import join_notes
from worker.recognise.keys import list_keys
from worker.store.tombstones import find_tombstones, has_tombstones
from worker.values.articles import Sighting
from worker.values.entries import Entry, KeyedEntry, KnownBy
from worker.values.frozen import dataclass, replace


@dataclass(frozen=True, slots=True)
class UnknownEntries:
    """A document's entries without a sighting, and by guid hash all keys that each may have been known by before."""

    feed_id: int
    sightings: Sequence[Sighting]
    keys: Mapping[bytes, frozenset[bytes]]


def list_unknown(
    feed_id: int, sightings: Sequence[Sighting], keyed: Sequence[KeyedEntry], sighted: Collection[bytes]
) -> UnknownEntries:
    """Return those of a feed's entries that it has not been seen to carry under the keys of ``sighted``.

    ``keyed`` are the entries that ``sightings`` were made of.
    """
    unknown = [each for each in sightings if each.guid_hash not in sighted]
    entries = {each.guid_hash: each.entry for each in keyed} if unknown else {}
    return UnknownEntries(
        feed_id, unknown, {each.guid_hash: _keys_of(each, entries[each.guid_hash]) for each in unknown}
    )


def _keys_of(sighting: Sighting, entry: Entry) -> frozenset[bytes]:
    # What is known by its words shares its guid and its link with others.
    others = frozenset() if sighting.known_by is KnownBy.WORDS else list_keys(entry)
    return others | {sighting.guid_hash}


def find_pruned_entries(connection: Connection, documents: Sequence[UnknownEntries]) -> list[frozenset[bytes]]:
    """Return each document's keys of entries whose articles were pruned; without any entry that costs no statement.

    The articles that the documents may be about are locked: one that is pruned from here on has no entry among them.
    """
    entries = [(each, sighting) for each in documents for sighting in each.sightings]
    if not entries:
        return [frozenset()] * len(documents)
    tombstones = find_tombstones(
        connection,
        keys={(each.feed_id, sighting.guid_hash) for each, sighting in entries},
        pages={page for _, sighting in entries for page in list_pages(sighting)},
    )
    if not tombstones:
        return [frozenset()] * len(documents)
    return [find_pruned(each.feed_id, each.sightings, tombstones, each.keys) for each in documents]


def without_pruned(connection: Connection, documents: Sequence[PreparedDocument]) -> list[PreparedDocument]:
    """Return the documents of polls without entries of pruned articles, which their notes count."""
    is_any_unknown = any(each.guid_hash not in read.sighted for read in documents for each in read.sightings)
    # Where nothing was ever pruned nothing is hashed.
    if not is_any_unknown or not has_tombstones(connection):
        return list(documents)
    unknown = [list_unknown(each.feed_id, each.sightings, each.recognised.fresh, each.sighted) for each in documents]
    pruned = find_pruned_entries(connection, unknown)
    return [_leave_out(document, keys) for document, keys in zip(documents, pruned, strict=True)]


def _leave_out(document: PreparedDocument, pruned: frozenset[bytes]) -> PreparedDocument:
    if not pruned:
        return document
    note = f"entries of pruned articles, not stored again: {len(pruned)}"
    return replace(
        document,
        sightings=tuple(each for each in document.sightings if each.guid_hash not in pruned),
        pruned=tuple(each for each in document.sightings if each.guid_hash in pruned),
        note=join_notes(document.note, note),
    )
