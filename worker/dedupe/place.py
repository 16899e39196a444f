"""Placing entries: which article each one is, by its guid, its match key, or the names that files give."""

from collections.abc import Iterator
from dataclasses import replace

from worker.basics.urls import link_key
from worker.dedupe.drafts import Draft, Drafts
from worker.dedupe.likeness import is_alike, is_other_news, is_same_news
from worker.dedupe.renamed import find_renamed
from worker.values import Article, Brought, Finding, Placement, Sighted, Sighting


def place_entries(brought: Brought, drafts: Drafts) -> Iterator[Placement]:
    """Yield which article each entry of a document is; each is heard by ``drafts`` before the next is placed."""
    unknown = [sighting for sighting in brought.sightings if sighting.guid_hash not in brought.sighted]
    by_id = {draft.article_id: draft.known for draft in drafts.by_id.values() if draft.known}
    gone = {seen.sighting_id for seen in brought.left}
    stayed = (seen for seen in brought.sighted.values() if seen.sighting_id not in gone)
    renamed = find_renamed(unknown, brought.left, by_id, stayed)
    for sighting in brought.sightings:
        if seen := brought.sighted.get(sighting.guid_hash):
            yield _place_by_guid(sighting, seen, drafts)
        elif seen := renamed.get(sighting.guid_hash):
            yield Placement(sighting, seen.article_id, Finding.RENAMED)
        else:
            yield _place_unknown(sighting, brought.feed_id, drafts)


def _place_by_guid(sighting: Sighting, seen: Sighted, drafts: Drafts) -> Placement:
    draft = drafts.by_id[seen.article_id]
    named = drafts.by_key.get(sighting.article.match_key)
    is_named_otherwise = named is not None and named is not draft
    if _is_elsewhere(sighting.article, seen) and is_other_news(sighting.article, draft.shown):
        if named and is_same_news(sighting.article, named.shown):
            return Placement(sighting, named.article_id, Finding.GUID_REUSED)
        free = _without_key(sighting) if is_named_otherwise else sighting
        return Placement(free, None, Finding.GUID_REUSED)
    return Placement(sighting, draft.article_id, Finding.CONFLICT if is_named_otherwise else None)


def _place_unknown(sighting: Sighting, feed_id: int, drafts: Drafts) -> Placement:
    article = sighting.article
    if named := drafts.by_key.get(article.match_key):
        if article.is_item:
            is_told = sighting.version is not None or article.content_hash == named.shown.content_hash
            return Placement(sighting, named.article_id, None if is_told else Finding.UNNUMBERED)
        if named.is_carried_by(feed_id) and not is_same_news(article, named.shown):
            return Placement(_without_key(sighting), None, Finding.URL_REUSED)
        return Placement(sighting, named.article_id)
    found = next(_find_by_name(sighting, drafts), None)
    return Placement(sighting, found.article_id if found else None)


def _find_by_name(sighting: Sighting, drafts: Drafts) -> Iterator[Draft]:
    """Yield the articles that a file's names mean: those with its words, then one of its path that reads alike."""
    for name in sighting.names:
        for draft in drafts.by_name.get(name, ()):
            if name.startswith("words ") or is_alike(sighting.article, draft.shown):
                yield draft


def _without_key(sighting: Sighting) -> Sighting:
    return replace(sighting, article=replace(sighting.article, match_key=None))


def _is_elsewhere(article: Article, seen: Sighted) -> bool:
    here, there = link_key(article.url), link_key(seen.original_url)
    return here is not None and there is not None and here != there
