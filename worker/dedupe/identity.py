"""Which article each entry is: by its guid, its match key, or the names that files give."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence

import xxhash

from worker.basics.urls import link_key, page_key
from worker.basics.wrapped_links import find_target
from worker.dedupe.drafts import Draft, Drafts
from worker.dedupe.likeness import is_edit_of_file, is_other_news, is_same_news
from worker.dedupe.renamed import find_reformed, find_renamed
from worker.values.articles import WORDS_PREFIX, Article, Finding, KnownArticle, Placement, Sighting
from worker.values.decisions import Brought, Decision, DocumentOutcome
from worker.values.entries import KnownBy, KnownSighting
from worker.values.frozen import replace

NO_LINK = bytes(8)
"""The hash of a link that leads to no page."""


def without_shared_links(
    sightings: Sequence[Sighting], unchanged: Collection[KnownSighting], known: Iterable[KnownArticle] = ()
) -> list[Sighting]:
    """Return the sightings, without a match key where another entry of the document has the same link for other news.

    Other news has other words or another date. A link shared with an entry that is known by its words is no match key
    either.

    ``unchanged`` are the sightings of the document's other entries. ``known`` holds their articles as far as the match
    keys may name them: only these tell when an unchanged entry was published.
    """
    dates = {article.article_id: article.shown.published_at for article in known}
    words_at: dict[str, set[bytes]] = defaultdict(set)
    dates_at: dict[str, set[Hashable]] = defaultdict(set)
    linked = [(_link(sighting.article), sighting) for sighting in sightings]
    nameless = {link for link, sighting in linked if sighting.known_by is KnownBy.WORDS}
    for link, sighting in linked:
        words_at[link].add(sighting.article.content_hash)
        dates_at[link].add(sighting.article.published_at)
    pages = {_page(sighting.article.url) for sighting in sightings} if unchanged else set()
    for seen in unchanged:
        # To compare the ends of two links costs less than to read them.
        if _page(seen.original_url) in pages and (key := link_key(seen.original_url)) in words_at:
            words_at[key].add(seen.content_hash)
            dates_at[key].add(dates.get(seen.article_id))
            if seen.known_by is KnownBy.WORDS:
                nameless.add(key)
    shared = {key for key, words in words_at.items() if len(words) > 1 or len(dates_at[key] - {None}) > 1}
    shared = (shared | nameless) - {""}
    return [_without_key(sighting) if link in shared else sighting for link, sighting in linked]


def _link(article: Article) -> str:
    """Return the link that would name an article across feeds; an empty string where there is none."""
    # Which site's feeds share the key makes no difference within one document.
    return "" if article.is_item else (article.match_key or "").partition(" ")[0]


def hash_link(url: str | None) -> bytes:
    """Return 8 bytes that two links have in common if they lead to one page; ``NO_LINK`` for what leads to none."""
    return _hash_key(link_key(url))


def hash_link_of(article: Article) -> bytes:
    """Return what ``hash_link`` returns for an article's link."""
    # Where it has a link, its URL is that in its canonical form; else it may be a file's.
    return _hash_key(_link(article) or page_key(article.url if article.original_url else None))


def _hash_key(key: str | None) -> bytes:
    return xxhash.xxh3_64_digest(key.encode(errors="surrogatepass")) if key else NO_LINK


def _page(url: str | None) -> str:
    url = find_target(url or "") or url or ""
    return url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def decide_articles(documents: Sequence[Brought], known: Sequence[KnownArticle]) -> Decision:
    """Return all that is to be written; ``known`` are the articles that sightings, match keys and names may mean.

    Each document is read in the light of the earlier ones, but what articles show in the end is the same in any order.
    """
    drafts = Drafts(known)
    placed = [
        tuple(drafts.add_placed(number, brought, each) for each in _place_entries(brought, drafts))
        for number, brought in enumerate(documents)
    ]
    touched = [draft for draft in drafts.by_id.values() if draft.is_touched]
    articles = [draft.decide() for draft in touched]
    counts: Counter[tuple[int | None, str]] = Counter()
    for draft, article in zip(touched, articles, strict=True):
        if article.before is None:
            counts[draft.touched_by[0], "new"] += 1
        elif article.changed_fields:
            counts[draft.shown_by_document, "updated" if article.is_revised else "refreshed"] += 1
    return Decision(
        articles=tuple(articles),
        sightings=tuple(each for draft in touched for each in draft.resighted()),
        restated=tuple(each for draft in drafts.by_id.values() for each in draft.restated()),
        outcomes=tuple(
            DocumentOutcome(placements, *(counts[number, outcome] for outcome in ("new", "updated", "refreshed")))
            for number, placements in enumerate(placed)
        ),
    )


def _place_entries(brought: Brought, drafts: Drafts) -> Iterator[Placement]:
    """Yield which article each entry of a document is; ``drafts`` takes in each one before the next is placed."""
    unknown = [sighting for sighting in brought.sightings if sighting.guid_hash not in brought.sighted]
    by_id = {draft.article_id: draft.known for draft in drafts.by_id.values() if draft.known}
    gone = {seen.sighting_id for seen in brought.left}
    stayed = (seen for seen in brought.sighted.values() if seen.sighting_id not in gone)
    renamed = find_renamed(unknown, brought.left, by_id, stayed)
    if brought.is_of_file and not renamed:
        renamed = find_reformed(unknown, brought.left, by_id)
    for sighting in brought.sightings:
        if seen := brought.sighted.get(sighting.guid_hash):
            # However much of it was misread, it is the article that it was.
            yield Placement(sighting, seen.article_id) if brought.is_reread else _place_by_guid(sighting, seen, drafts)
        elif seen := renamed.get(sighting.guid_hash):
            yield Placement(sighting, seen.article_id, Finding.RENAMED)
        else:
            yield _place_unknown(sighting, brought.feed_id, drafts)


def _place_by_guid(sighting: Sighting, seen: KnownSighting, drafts: Drafts) -> Placement:
    draft = drafts.by_id[seen.article_id]
    named = drafts.by_key.get(sighting.article.match_key)
    is_named_otherwise = named is not None and named is not draft
    if _is_elsewhere(sighting.article, seen) and is_other_news(sighting.article, draft.shown):
        if named and is_same_news(sighting.article, named.shown):
            return Placement(sighting, named.article_id, Finding.GUID_REUSED)
        return Placement(_without_key(sighting) if is_named_otherwise else sighting, None, Finding.GUID_REUSED)
    return Placement(sighting, draft.article_id, Finding.CONFLICT if is_named_otherwise else None)


def _is_elsewhere(article: Article, seen: KnownSighting) -> bool:
    now, before = link_key(article.url), link_key(seen.original_url)
    return now is not None and before is not None and now != before


def _place_unknown(sighting: Sighting, feed_id: int, drafts: Drafts) -> Placement:
    article = sighting.article
    if named := drafts.by_key.get(article.match_key):
        if article.is_item:
            lacks_number = sighting.version is None and article.content_hash != named.shown.content_hash
            return Placement(sighting, named.article_id, Finding.UNNUMBERED if lacks_number else None)
        if named.is_carried_by(feed_id) and not is_same_news(article, named.shown):
            return Placement(_without_key(sighting), None, Finding.URL_REUSED)
        return Placement(sighting, named.article_id)
    found = next(_find_by_name(sighting, drafts), None)
    return Placement(sighting, found.article_id if found else None)


def _find_by_name(sighting: Sighting, drafts: Drafts) -> Iterator[Draft]:
    """Yield the articles that a file's names mean: those sent in its words, then those of its path that read alike."""
    for name in sighting.names:
        for draft in drafts.by_name.get(name, ()):
            if name.startswith(WORDS_PREFIX) or is_edit_of_file(sighting.article, draft.shown):
                yield draft


def _without_key(sighting: Sighting) -> Sighting:
    return replace(sighting, article=replace(sighting.article, match_key=None))
