"""What of a document was misread: its entries as they are read today, held against what the store has of them.

What the same document said is replaced, even by an older date. What the feed has said since stays, and so do the names
under which its entries are known: a part that is read otherwise must not make another article of an entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from worker.dedupe.renamed import find_renamed
from worker.dedupe.shown_version import is_older
from worker.values.articles import KnownArticle, Sighting, Statement
from worker.values.decisions import Brought


@dataclass(frozen=True, slots=True)
class Misread:
    """The entries of a document that are to be stored as they are read today, and those that are not its to say."""

    sightings: tuple[Sighting, ...]
    outdated: frozenset[bytes]
    """The keys of entries of which the feed has said something newer since."""
    back: frozenset[bytes]
    """The keys, among ``sightings``, of those that were read right and counted as gone although they are not."""


def find_misread(brought: Brought, served_at: datetime, known: Sequence[KnownArticle]) -> Misread:
    """Return which of the entries that a document brings again were missed, or are read otherwise today.

    ``served_at`` is when the document was served last: what was read later is of a newer one. ``brought.left`` are the
    sightings that the document may have brought and has not now: an entry may have been known by words that are read
    otherwise today. ``known`` are the articles of all the feed's sightings that matter.
    """
    stored = {
        statement.guid_hash: (statement, article)
        for article in known
        for statement in article.statements
        if statement.feed_id == brought.feed_id
    }
    sightings, outdated, back = [], set(), set()
    names = _find_known_names(brought, known)
    for sighting in brought.sightings:
        named = names.get(sighting.guid_hash, sighting)
        if named.guid_hash not in stored:
            sightings.append(named)
            continue
        statement, article = stored[named.guid_hash]
        if statement.read_at > served_at or _outranks(statement, named, brought):
            outdated.add(sighting.guid_hash)
        elif not _says(statement, article, named):
            sightings.append(named)
        elif brought.is_current and not statement.is_present:
            sightings.append(named)
            back.add(named.guid_hash)
    return Misread(tuple(sightings), frozenset(outdated), frozenset(back))


def _find_known_names(brought: Brought, known: Sequence[KnownArticle]) -> Mapping[bytes, Sighting]:
    """Return, by key, the entries whose words, and so whose keys, are read otherwise today, under the stored names."""
    unknown = {sighting.guid_hash: sighting for sighting in brought.sightings}
    unknown = {key: sighting for key, sighting in unknown.items() if key not in brought.sighted}
    gone = {seen.sighting_id for seen in brought.left}
    stayed = [seen for seen in brought.sighted.values() if seen.sighting_id not in gone]
    by_id = {article.article_id: article for article in known}
    renamed = find_renamed([*unknown.values()], brought.left, by_id, stayed)
    keys = {seen.sighting_id: key for key, seen in brought.sighted.items()}
    return {
        key: replace(unknown[key], guid=seen.guid, guid_hash=keys[seen.sighting_id], known_by=seen.known_by)
        for key, seen in renamed.items()
    }


def _outranks(statement: Statement, sighting: Sighting, brought: Brought) -> bool:
    """Say whether an older document's statement stood against this document, by the publisher's number or date."""
    if statement.read_at >= brought.read_at:
        return False
    again = replace(
        statement,
        content_hash=sighting.article.content_hash,
        said_at=sighting.said_at,
        read_at=brought.read_at,
        version=sighting.version,
    )
    return is_older(again, statement)


def _says(statement: Statement, article: KnownArticle, sighting: Sighting) -> bool:
    """Say whether a statement says just what the entry says today; by which key feeds meet in it is no matter."""
    said = article.shown if statement.is_shown else statement.article
    if said is None or statement.version != sighting.version:
        return False
    return replace(sighting.article, match_key=said.match_key) == said
