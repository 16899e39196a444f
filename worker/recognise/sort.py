"""Sorting a document's entries by whether there is work to do."""

from collections.abc import Collection, Mapping, Sequence

from worker.values import KeyedEntry, Recognised, Sighted


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
