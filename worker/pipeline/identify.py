"""Which entries of a document are new or edited, by what is known of its feed before anything is locked.

What comes of it is decided later, under the locks of the transaction that writes it; the edition of the feed tells
whether what was read here still holds then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from worker.basics.stopping import is_interruption
from worker.normalise.article import normalise
from worker.normalise.context import FeedContext
from worker.normalise.identity import is_unnumbered
from worker.normalise.policy import POLICY_VERSION
from worker.parse import PARSE_VERSION
from worker.pipeline.answered import join_notes
from worker.recognise.keys import key_entries
from worker.recognise.names import note_shared_names
from worker.recognise.sort import recognise
from worker.store.known import find_guid_rule, find_outdone, find_present_sightings, find_sightings
from worker.values import GuidRule, KeyedEntry, ParsedDocument, Recognised, Sighted, Sighting

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identified:
    """A document's new and edited entries, made comparable, and what was known of its feed when that was done."""

    rule: GuidRule
    edition: int
    """Of what is known of the feed's entries: another one, and all this is to be done again."""
    sighted: Mapping[bytes, Sighted]
    recognised: Recognised
    sightings: tuple[Sighting, ...]
    entries: int
    """How many the document has, each once."""
    note: str | None = None


def identify(
    connection: Connection, feed_id: int, parsed: ParsedDocument, context: FeedContext, now: datetime
) -> Identified:
    """Return what a document's entries are by what is known of its feed: nothing, where that has been deleted."""
    rule, edition = find_guid_rule(connection, feed_id)
    present = find_present_sightings(connection, feed_id)
    keyed = key_entries(parsed.entries, f"{parsed.parser} {PARSE_VERSION} {POLICY_VERSION}", rule.policy, present)
    unknown = {entry.guid_hash for entry in keyed} - present.keys()
    sighted = present | find_sightings(connection, feed_id, unknown)
    # Saying the same once more, a file may outdo another one that has been shown since: they speak with one voice.
    again = find_outdone(connection, feed_id) if context.is_file and sighted else ()
    recognised = recognise(keyed, sighted, again)
    sightings = tuple(_normalise(recognised.fresh, context, now))
    unnumbered = sum(is_unnumbered(each.entry) for each in recognised.fresh)
    note = join_notes(
        note_shared_names(keyed, rule.policy), f"versions that are no numbers: {unnumbered}" if unnumbered else None
    )
    return Identified(rule, edition, sighted, recognised, sightings, len(keyed), note)


def _normalise(fresh: Sequence[KeyedEntry], context: FeedContext, now: datetime) -> Iterator[Sighting]:
    for keyed in fresh:
        try:
            yield normalise(keyed, context, now)
        except Exception as error:
            if is_interruption(error):
                raise
            # Tried again when the document next changes. One bad entry never costs its neighbours.
            _LOG.exception("entry not normalised", feed_url=context.feed_url, guid=keyed.guid)
