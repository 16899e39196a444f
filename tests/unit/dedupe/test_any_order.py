from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.deciding import DAY, HOUR, NOON, article, document, sighting, statement
from worker.dedupe import decide, find_shown
from worker.values import Article, Brought, Decision, KnownArticle, Sighting, Statement


@dataclass(frozen=True)
class _Told:
    """What one feed says of one of the pages, and when."""

    feed_id: int
    page: int
    text: str
    tag: str
    moment: int
    is_dated: bool
    number: int | None

    @property
    def article(self) -> Article:
        # The second page is a newsroom item: all feeds speak with one voice of it.
        key = "item urn:a:1" if self.page == 1 else f"a.example/{self.page}"
        return article(self.text, match_key=key, tags=(self.tag,))

    def entry(self, read_at: datetime) -> Sighting:
        dates = {"said_at": read_at - DAY} if self.is_dated else {}
        return sighting(self.article, str(self.page), version=self.number, **dates)


def _told(pages: Sequence[int], moments: Sequence[int]) -> st.SearchStrategy[_Told]:
    texts, numbers = st.sampled_from(["a", "b", "aa", "bb"]), st.sampled_from([None, 1, 2])
    return st.builds(
        _Told,
        st.integers(1, 4),
        st.sampled_from(pages),
        texts,
        st.sampled_from("xy"),
        st.sampled_from(moments),
        st.booleans(),
        numbers,
    )


def _tellings(pages: Sequence[int], moments: Sequence[int]) -> st.SearchStrategy[list[_Told]]:
    return st.lists(_told(pages, moments), max_size=8, unique_by=lambda told: (told.feed_id, told.page))


def _stored(tellings: Sequence[_Told]) -> list[KnownArticle]:
    """Return the first two pages as a store holds them of which these were said."""
    by_page: dict[int, list[Statement]] = {}
    for told in tellings:
        moment = NOON + told.moment * HOUR
        said_at = moment - DAY if told.is_dated else moment
        facts = {"said_at": said_at, "read_at": moment, "version": told.number, "is_of_file": told.feed_id > 2}
        by_page.setdefault(told.page, []).append(statement(told.article, told.feed_id, str(told.page), **facts))
    stored = []
    for page, statements in by_page.items():
        current = find_shown(statements, is_item=page == 1)
        assert current
        assert current.article
        kept = (replace(each, article=None, is_shown=True) if each is current else each for each in statements)
        stored.append(KnownArticle(page + 10, current.article, tuple(kept)))
    return stored


def _documents(tellings: Sequence[_Told], known_by: Sequence[_Told], late: frozenset[int]) -> list[Brought]:
    """Return a document of each feed; the late ones are those of workers that have lost their lease."""
    seen = {(told.feed_id, told.page) for told in known_by}
    documents = []
    for feed_id in sorted({told.feed_id for told in tellings}):
        own = [told for told in tellings if told.feed_id == feed_id]
        read_at = NOON + own[0].moment * HOUR
        entries = (told.entry(read_at) for told in own)
        documents.append(
            document(
                *entries,
                feed_id=feed_id,
                read_at=read_at,
                sighted={str(told.page): told.page + 10 for told in own if (feed_id, told.page) in seen},
                is_of_file=feed_id > 2,
                is_newest=feed_id not in late,
                confirmed_at=NOON + HOUR,
            )
        )
    return documents


def _in_the_end(decision: Decision) -> object:
    """Return what is shown, by whom, and what each sighting says besides; new articles by their match keys."""
    shows = {each.after.match_key: (each.after, each.feed_id, each.guid) for each in decision.articles}
    versions = {
        each.after.match_key: {said.article.content_hash for said in each.versions} for each in decision.articles
    }
    said = {(each.feed_id, each.sighting.guid_hash): each.said for each in decision.sightings}
    said |= {(each.feed_id, each.guid_hash): each.said for each in decision.restated}
    return len(decision.articles), shows, versions, said


@given(_tellings([0, 1], [0, 1]), _tellings([0, 1, 2], [-1, 0, 2]), st.frozensets(st.integers(1, 4)), st.data())
def test_documents_end_in_the_same_store_in_whatever_order_they_are_decided(
    before: list[_Told], tellings: list[_Told], late: frozenset[int], data: st.DataObject
) -> None:
    documents, stored = _documents(tellings, before, late), _stored(before)
    in_another_order = data.draw(st.permutations(documents))
    assert _in_the_end(decide(in_another_order, stored)) == _in_the_end(decide(documents, stored))
