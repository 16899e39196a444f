"""Articles as they will be once some documents are stored: what the store knows of them, and what documents say."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

import xxhash

from worker.dedupe.shown_version import confirm, find_shown, is_older
from worker.values.articles import Article, KnownArticle, Placement, Sighting, Statement, is_item_key
from worker.values.decisions import Brought, DecidedArticle, Resighted, Restated, Version
from worker.values.entries import KnownBy
from worker.values.frozen import replace

_Key = tuple[int, bytes]
"""A feed's id and a guid hash: they name a sighting."""


class Draft:
    """One article: its statements, and what it shows by them; a class because documents add to it."""

    def __init__(self, article_id: int, known: KnownArticle | None = None) -> None:
        self.article_id = article_id
        self.known = known
        self.match_key = known.shown.match_key if known else None
        self.touched_by: list[int] = []
        """The documents that spoke of it, by their numbers."""
        self._statements = {_key_of(statement): statement for statement in (known.statements if known else ())}
        self._versions: dict[bytes, Version] = {}
        self._added: dict[_Key, tuple[int, Sighting]] = {}
        self._names: dict[str, None] = {}
        self._shown_statement = self._find_shown() if known else None

    @property
    def shown(self) -> Article:
        """What it shows after the sightings added so far."""
        return self._said_by(self._shown_statement)

    @property
    def shown_by_document(self) -> int | None:
        """The document whose words are shown; else the last one that spoke of it; None where none did."""
        if said := self._shown_sighting():
            return said[0]
        return self.touched_by[-1] if self.touched_by else None

    @property
    def is_touched(self) -> bool:
        """Whether a document spoke of it, or it does not show what follows from its sightings."""
        return bool(self.touched_by) or (self._shown_statement is not None and not self._shown_statement.is_shown)

    def is_carried_by(self, feed_id: int) -> bool:
        """Say whether a feed has carried it."""
        return any(statement.feed_id == feed_id for statement in self._statements.values())

    def has_newer_statement(self, brought: Brought, sighting: Sighting) -> bool:
        """Say whether the feed's known statement under that guid is newer than a document's sighting."""
        if brought.is_reread:
            return False
        before = self._statements.get((brought.feed_id, sighting.guid_hash))
        return before is not None and is_older(_statement_of(brought, sighting, before), _as_confirmed(before, brought))

    def add_sighting(self, document: int, brought: Brought, sighting: Sighting) -> None:
        """Add a sighting; where the feed's known statement is newer, only its version and names."""
        self.touched_by.append(document)
        self._names |= dict.fromkeys(sighting.names)
        version = Version(sighting.article, brought.feed_id, brought.read_at, sighting.version)
        self._versions.setdefault(sighting.article.content_hash, version)
        if not self.has_newer_statement(brought, sighting):
            key = (brought.feed_id, sighting.guid_hash)
            self._statements[key] = _statement_of(brought, sighting, self._statements.get(key))
            self._added[key] = (document, sighting)
            self._shown_statement = self._find_shown()

    def remove_sighting(self, document: int, feed_id: int, guid_hash: bytes) -> None:
        """Remove a sighting that has come to name another article."""
        self.touched_by.append(document)
        self._statements.pop((feed_id, guid_hash), None)
        self._shown_statement = self._find_shown()

    def set_match_key(self, match_key: str) -> None:
        """Let the article be found by a match key from now on."""
        is_other_kind = is_item_key(match_key) != is_item_key(self.match_key)
        self.match_key = match_key
        if is_other_kind:
            self._shown_statement = self._find_shown()

    def decide(self) -> DecidedArticle:
        """Return what the article shows from now on."""
        said, known, shown = self._shown_sighting(), self.known, self.shown
        return DecidedArticle(
            article_id=self.article_id,
            guid=said[1].guid if said else "",
            feed_id=self._shown_statement.feed_id if self._shown_statement else None,
            before=known.shown if known else None,
            after=shown if shown.match_key == self.match_key else replace(shown, match_key=self.match_key),
            versions=tuple(self._versions.values()),
            names=tuple(self._names),
            first_seen_at=known.first_seen_at if known else None,
            acts_on=known.acts_on if known else None,
            killed_by=known.killed_by if known else None,
        )

    def resighted(self) -> Iterator[Resighted]:
        """Yield the sightings that documents brought."""
        for key, (_, sighting) in self._added.items():
            if statement := self._statements.get(key):
                yield Resighted(
                    feed_id=statement.feed_id,
                    sighting=sighting,
                    article_id=self.article_id,
                    read_at=statement.read_at,
                    said_at=statement.said_at,
                    said=None if statement is self._shown_statement else sighting.article,
                    is_present=statement.is_present,
                )

    def restated(self) -> Iterator[Restated]:
        """Yield the stored sightings that the article stops or starts showing."""
        for key, statement in self._statements.items():
            is_shown = statement is self._shown_statement
            if key not in self._added and statement.is_shown != is_shown:
                yield Restated(*key, None if is_shown else self._said_by(statement))

    def _find_shown(self) -> Statement | None:
        return find_shown(self._statements.values(), is_item=is_item_key(self.match_key))

    def _shown_sighting(self) -> tuple[int, Sighting] | None:
        """Return which document said what is shown, and its sighting; None where that was stored before."""
        return self._added.get(_key_of(self._shown_statement)) if self._shown_statement else None

    def _said_by(self, statement: Statement | None) -> Article:
        if statement and statement.article:
            return statement.article
        assert self.known, "a new article shows what brought it"
        return self.known.shown


def _key_of(statement: Statement) -> _Key:
    return statement.feed_id, statement.guid_hash


def _statement_of(brought: Brought, sighting: Sighting, before: Statement | None) -> Statement:
    """Return what a document's sighting says; ``before`` is what its feed said under that guid."""
    read_at = brought.read_at
    if brought.is_newest and brought.confirmed_at:
        # The holder of the lease reads after its earlier holders, whatever the clock says.
        read_at = max(read_at, brought.confirmed_at + timedelta(microseconds=1))
    elif brought.is_reread and before:
        # It may have been confirmed since.
        read_at = max(read_at, before.read_at)
    is_undated = sighting.said_at == brought.said_at == brought.read_at
    is_read_since = brought.confirmed_at is not None and brought.read_at <= brought.confirmed_at
    return Statement(
        feed_id=brought.feed_id,
        guid_hash=sighting.guid_hash,
        content_hash=sighting.article.content_hash,
        said_at=read_at if is_undated else sighting.said_at,
        read_at=read_at,
        length=len(sighting.article.text),
        version=sighting.version,
        is_of_file=brought.is_of_file,
        # The feed's newest document need not be this one.
        is_present=brought.is_current or not is_read_since or (before is not None and before.is_present),
        article=sighting.article,
    )


def _as_confirmed(before: Statement, brought: Brought) -> Statement:
    # The holder of the lease may change what the feed's last poll confirmed.
    return before if brought.is_newest else confirm(before, brought.confirmed_at)


class Drafts:
    """All articles that documents may speak of, by their ids, their match keys and the names that files give them."""

    def __init__(self, known: Sequence[KnownArticle]) -> None:
        self.by_id = {article.article_id: Draft(article.article_id, article) for article in known}
        self.by_key: dict[str | None, Draft] = {
            draft.match_key: draft for draft in self.by_id.values() if draft.match_key
        }
        self.by_name: dict[str, list[Draft]] = defaultdict(list)
        for article in sorted(known, key=lambda each: each.article_id):
            for name in article.names:
                self.by_name[name].append(self.by_id[article.article_id])

    def find_or_begin(self, article_id: int | None) -> Draft:
        """Return the draft of an article; for None, begin that of a new one."""
        if article_id is None:
            # Below zero until the store gives it an id. No two drafts get the same one, since none is ever taken out.
            article_id = -1 - len(self.by_id)
            self.by_id[article_id] = Draft(article_id)
        return self.by_id[article_id]

    def add_placed(self, document: int, brought: Brought, placed: Placement) -> Placement:
        """Add an entry's sighting to the article that it is; return the placement with the article's id."""
        sighting = placed.sighting
        draft = self.find_or_begin(placed.article_id)
        seen = brought.sighted.get(sighting.guid_hash)
        holder = self.by_id.get(seen.article_id) if seen else None
        if holder and holder is not draft:
            if holder.has_newer_statement(brought, sighting):
                # The guid has named the other article since this document was made, and goes on naming it.
                sighting = _known_by_words(sighting)
            else:
                holder.remove_sighting(document, brought.feed_id, sighting.guid_hash)
        draft.add_sighting(document, brought, sighting)
        self._index(draft, sighting)
        return Placement(placed.sighting, draft.article_id, placed.finding)

    def _index(self, draft: Draft, sighting: Sighting) -> None:
        """Let the article be found by the match key of what it shows, and by the sighting's names."""
        key = draft.shown.match_key
        # Where that key is missing, or names another article, the article keeps the one it has.
        if key and key not in self.by_key:
            self.by_key.pop(draft.match_key, None)
            self.by_key[key] = draft
            draft.set_match_key(key)
        for name in sighting.names:
            if draft not in self.by_name[name]:
                self.by_name[name].append(draft)


def _known_by_words(sighting: Sighting) -> Sighting:
    """Return a sighting known by its guid together with its words, since the guid alone names another article."""
    key = xxhash.xxh3_128_digest(sighting.guid_hash + sighting.article.content_hash)
    return replace(sighting, guid_hash=key, known_by=KnownBy.WORDS)
