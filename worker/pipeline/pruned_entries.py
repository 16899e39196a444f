"""Leaving out of documents the entries whose articles retention has pruned: they are not stored again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from worker.dedupe.pruned import find_pruned, list_names, list_pages
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import join_notes
from worker.recognise.keys import list_keys
from worker.store.tombstones import find_tombstones, has_tombstones
from worker.values.articles import Sighting
from worker.values.entries import Entry, KnownBy


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A document's entries without a sighting, and by guid hash all keys that each may have been known by before."""

    feed_id: int
    sightings: Sequence[Sighting]
    keys: Mapping[bytes, frozenset[bytes]]


def _find_unknown(document: PreparedDocument) -> _Unknown:
    sightings = list(_list_unsighted(document))
    entries = {each.guid_hash: each.entry for each in document.recognised.fresh} if sightings else {}
    keys = {each.guid_hash: _keys_of(each, entries[each.guid_hash]) for each in sightings}
    return _Unknown(document.feed_id, sightings, keys)


def _list_unsighted(document: PreparedDocument) -> Iterator[Sighting]:
    return (each for each in document.sightings if each.guid_hash not in document.sighted)


def _keys_of(sighting: Sighting, entry: Entry) -> frozenset[bytes]:
    # What is known by its words shares its guid and its link with others.
    others = frozenset() if sighting.known_by is KnownBy.WORDS else list_keys(entry)
    return others | {sighting.guid_hash}


def without_pruned(connection: Connection, documents: Sequence[PreparedDocument]) -> list[PreparedDocument]:
    """Return documents without entries of pruned articles; where no entry is unknown, that costs no statement.

    The articles that the documents may be about are locked: one that is pruned from here on has no entry among them.
    """
    is_any_unknown = any(next(_list_unsighted(each), None) for each in documents)
    # Where nothing was ever pruned nothing is hashed.
    if not is_any_unknown or not has_tombstones(connection):
        return list(documents)
    unknown = [_find_unknown(each) for each in documents]
    entries = [(each, sighting) for each in unknown for sighting in each.sightings]
    tombstones = find_tombstones(
        connection,
        keys={(each.feed_id, key) for each in unknown for keys in each.keys.values() for key in keys},
        pages={(page, each.feed_id) for each, sighting in entries for page in list_pages(sighting)},
        names={name for _, sighting in entries for name in list_names(sighting)},
    )
    if not tombstones:
        return list(documents)
    pruned = (find_pruned(each.feed_id, each.sightings, tombstones, each.keys) for each in unknown)
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
