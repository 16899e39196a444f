"""Articles as they will be once some documents are stored: what is known of them, and what the documents say."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import xxhash

from worker.dedupe.shown import confirm, find_shown, is_older
from worker.values.articles import Article, KnownArticle, Placement, Sighting, Statement, is_item_key
from worker.values.decisions import Brought, DecidedArticle, Resighted, Restated, Version
from worker.values.entries import KnownBy

_Key = tuple[int, bytes]


class Draft:
    """One article: what its sightings say of it, and what it shows by that; a class because documents add to it."""

    def __init__(self, article_id: int, known: KnownArticle | None = None) -> None:
        self.article_id = article_id
        self.known = known
        self.match_key = known.shown.match_key if known else None
        self.touched_by: list[int] = []
        """The documents that spoke of it, by their places."""
        self._statements: dict[_Key, Statement] = {
            (statement.feed_id, statement.guid_hash): statement for statement in (known.statements if known else ())
        }
        self._versions: dict[bytes, Version] = {}
        self._heard: dict[_Key, tuple[int, Sighting]] = {}
        self._names: dict[str, None] = {}
        self._is_settled = False
        self._current: Statement | None = None

    @property
    def shown(self) -> Article:
        """What it shows as things stand."""
        return self._said_by(self._shown_statement())

    @property
    def shown_by_document(self) -> int | None:
        """The document whose words are shown; where none of these is, the one that spoke of it last, if any did."""
        statement = self._shown_statement()
        key = (statement.feed_id, statement.guid_hash) if statement else None
        if key in self._heard:
            return self._heard[key][0]
        return self.touched_by[-1] if self.touched_by else None

    @property
    def is_touched(self) -> bool:
        """Whether anything was said of it, or it does not show what follows from its sightings."""
        statement = self._shown_statement()
        return bool(self.touched_by) or (statement is not None and not statement.is_shown)

    def is_carried_by(self, feed_id: int) -> bool:
        """Say whether a feed has carried it."""
        return any(statement.feed_id == feed_id for statement in self._statements.values())

    def hear(self, document: int, brought: Brought, sighting: Sighting) -> None:
        """Take in what a document says; of what is older than what its feed said before only the words are kept."""
        self.touched_by.append(document)
        self._names |= dict.fromkeys(sighting.names)
        key = (brought.feed_id, sighting.guid_hash)
        before = self._statements.get(key)
        statement = _state(brought, sighting, before)
        version = Version(sighting.article, brought.feed_id, brought.read_at, sighting.version)
        self._versions.setdefault(sighting.article.content_hash, version)
        if before and is_older(statement, _as_of_now(before, brought)):
            return
        self._statements[key] = statement
        self._heard[key] = (document, sighting)
        self._is_settled = False

    def is_said_before(self, brought: Brought, sighting: Sighting) -> bool:
        """Say whether what the feed has said of this article since is newer than what an entry of its guid says."""
        before = self._statements.get((brought.feed_id, sighting.guid_hash))
        return before is not None and is_older(_state(brought, sighting, before), _as_of_now(before, brought))

    def lose(self, document: int, feed_id: int, guid_hash: bytes) -> None:
        """Forget a sighting that has come to name another article."""
        self.touched_by.append(document)
        self._statements.pop((feed_id, guid_hash), None)
        self._is_settled = False

    def name(self, match_key: str) -> None:
        """Let the article be found by a match key from now on."""
        self.match_key = match_key
        self._is_settled = False

    def decide(self) -> DecidedArticle:
        """Return what the article shows from now on."""
        statement = self._shown_statement()
        heard = self._heard.get((statement.feed_id, statement.guid_hash)) if statement else None
        known = self.known
        return DecidedArticle(
            article_id=self.article_id,
            guid=heard[1].guid if heard else "",
            feed_id=statement.feed_id if statement else None,
            before=known.shown if known else None,
            after=replace(self.shown, match_key=self.match_key),
            versions=tuple(self._versions.values()),
            names=tuple(self._names),
            first_seen_at=known.first_seen_at if known else None,
            acts_on=known.acts_on if known else None,
            killed_by=known.killed_by if known else None,
        )

    def resighted(self) -> Iterator[Resighted]:
        """Yield the sightings that documents brought."""
        shown = self._shown_statement()
        for key, (_, sighting) in self._heard.items():
            if statement := self._statements.get(key):
                said = None if statement is shown else sighting.article
                yield Resighted(
                    feed_id=key[0],
                    sighting=sighting,
                    article_id=self.article_id,
                    read_at=statement.read_at,
                    said_at=statement.said_at,
                    said=said,
                    is_present=statement.is_present,
                )

    def restated(self) -> Iterator[Restated]:
        """Yield the stored sightings that are no longer what is shown, or are from now on."""
        shown = self._shown_statement()
        for key, statement in self._statements.items():
            if key not in self._heard and statement.is_shown != (statement is shown):
                yield Restated(*key, None if statement is shown else self._said_by(statement))

    def _shown_statement(self) -> Statement | None:
        if not self._is_settled:
            self._current = find_shown(self._statements.values(), is_item=is_item_key(self.match_key))
            self._is_settled = True
        return self._current

    def _said_by(self, statement: Statement | None) -> Article:
        said = statement.article if statement else None
        if said is None:
            assert self.known, "a new article shows what brought it"
            return self.known.shown
        return said


class Drafts:
    """All articles that documents may speak of, by the ways in which they may name them."""

    def __init__(self, known: Sequence[KnownArticle]) -> None:
        self.by_id = {article.article_id: Draft(article.article_id, article) for article in known}
        self.by_key: dict[str | None, Draft] = {
            draft.match_key: draft for draft in self.by_id.values() if draft.match_key
        }
        self.by_name: dict[str, list[Draft]] = defaultdict(list)
        for article in sorted(known, key=lambda each: each.article_id):
            for name in article.names:
                self.by_name[name].append(self.by_id[article.article_id])

    def find(self, article_id: int | None) -> Draft:
        """Return an article, begun anew for None."""
        if article_id is None:
            # Below zero until the store has given it an id, and no article's twice: none is ever taken out.
            article_id = -1 - len(self.by_id)
            self.by_id[article_id] = Draft(article_id)
        return self.by_id[article_id]

    def take(self, document: int, brought: Brought, placed: Placement) -> Placement:
        """Let an article hear what an entry says of it; return the placement with the article's id."""
        sighting = placed.sighting
        draft = self.find(placed.article_id)
        seen = brought.sighted.get(sighting.guid_hash)
        holder = self.by_id.get(seen.article_id) if seen else None
        if holder and holder is not draft:
            if holder.is_said_before(brought, sighting):
                # The guid has come to name another article since, and goes on naming that one.
                sighting = _under_its_words(sighting)
            else:
                holder.lose(document, brought.feed_id, sighting.guid_hash)
        draft.hear(document, brought, sighting)
        self._name(draft, sighting)
        return replace(placed, article_id=draft.article_id)

    def _name(self, draft: Draft, sighting: Sighting) -> None:
        key = draft.shown.match_key
        # What names another article, or nothing, leaves the article the name it has.
        if key and key not in self.by_key:
            self.by_key.pop(draft.match_key, None)
            self.by_key[key] = draft
            draft.name(key)
        for name in sighting.names:
            if draft not in self.by_name[name]:
                self.by_name[name].append(draft)


def _state(brought: Brought, sighting: Sighting, before: Statement | None) -> Statement:
    read_at = brought.read_at
    if brought.is_newest and brought.confirmed_at:
        # Whoever holds the lease read after those who held it before, whatever the clock says.
        read_at = max(read_at, brought.confirmed_at + timedelta(microseconds=1))
    is_undated = sighting.said_at == brought.said_at == brought.read_at
    return Statement(
        feed_id=brought.feed_id,
        guid_hash=sighting.guid_hash,
        content_hash=sighting.article.content_hash,
        said_at=read_at if is_undated else sighting.said_at,
        read_at=read_at,
        length=len(sighting.article.text),
        version=sighting.version,
        is_of_file=brought.is_of_file,
        is_present=_is_present(brought, before),
        article=sighting.article,
    )


def _as_of_now(before: Statement, brought: Brought) -> Statement:
    # Whoever holds the lease may change what was still so when the feed was last polled.
    return before if brought.is_newest else confirm(before, brought.confirmed_at)


def _under_its_words(sighting: Sighting) -> Sighting:
    """Return a sighting known by its guid and its words: the guid alone names another article."""
    key = xxhash.xxh3_128_digest(sighting.guid_hash + sighting.article.content_hash)
    return replace(sighting, guid_hash=key, known_by=KnownBy.WORDS)


def _is_present(brought: Brought, before: Statement | None) -> bool:
    """Say whether an entry is in its feed's newest document, which need not be the one that brought it."""
    is_read_since = brought.confirmed_at is not None and brought.read_at <= brought.confirmed_at
    return brought.is_current or not is_read_since or (before is not None and before.is_present)
