"""A document of which some entries are left unread is stored as if all had been read."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Row, delete, func, select

from benchmarks.parsers import FOLDERS, read_documents
from tests.documents import entry, rss
from tests.polling import now_of
from tests.storing import lease, poll_once, read, store
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.document_tables import OutlineRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.parse.outline import slice_entries
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.prepared_document import READING
from worker.pipeline.tools import Tools
from worker.store.outlines import find_outlines
from worker.values.outcomes import PollRecord

UNREAD, WHOLE = "https://unread.example/feed", "https://whole.example/feed"
WORDS = "harbour council bridge winter market ferry minister report figures schools rain budget library".split()
STEPS = 60
FEWEST, LONGEST = 4, 30_000


class Publisher:
    """Changes its entries at random, in every way that may matter to other entries."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.entries: list[dict[str, str]] = []
        self.gone: list[dict[str, str]] = []
        self.made = 0

    def step(self) -> None:
        """Change something."""
        strange = [self.rename, self.unname, self.redate, self.relink, self.repeat, self.swap, self.return_]
        usual = [self.add, self.drop, self.edit]
        for change in self.chance.choices([*5 * usual, *strange], k=self.chance.randint(1, 2)):
            if len(self.entries) > 2 or change == self.add:
                change()
        # What is strange about a feed is over after a while.
        self.entries = self.entries[:8]

    def add(self) -> None:
        self.made += 1
        title = " ".join(self.chance.sample(WORDS, 4))
        new = {"guid": f"g{self.made}", "link": f"/{self.made}", "title": title, "text": f"{title} {self.made}."}
        new["published"] = self.chance.choice(["", f"{self.made % 28 + 1} 07:30"])
        self.entries.insert(0, new)

    def drop(self) -> None:
        self.gone.append(self.entries.pop(self.chance.randrange(len(self.entries))))

    def return_(self) -> None:
        if self.gone:
            self.entries.append(self.gone.pop())

    def edit(self) -> None:
        self.chance.choice(self.entries)["text"] += f" {self.chance.choice(WORDS)}."

    def rename(self) -> None:
        one = self.chance.choice(self.entries)
        one["guid"] = self.chance.choice(["", f"renamed {one['guid']}", self.chance.choice(self.entries)["guid"]])

    def unname(self) -> None:
        self.chance.choice(self.entries).update(guid="", link="")

    def redate(self) -> None:
        """The same words again, under no name, and on another day."""
        again = {**self.chance.choice(self.entries), "guid": "", "link": ""}
        self.entries.insert(0, again | {"published": f"{self.chance.randint(1, 28)} 07:30"})

    def relink(self) -> None:
        self.chance.choice(self.entries)["link"] = self.chance.choice(self.entries)["link"]

    def repeat(self) -> None:
        self.entries.append(dict(self.chance.choice(self.entries)))

    def swap(self) -> None:
        self.chance.shuffle(self.entries)

    def document(self, site: str) -> bytes:
        items = (entry(**(each | {"link": each["link"] and f"{site}{each['link']}"})) for each in self.entries)
        return rss(items, title=f"News {self.made}", site=site)


def site_of(url: str) -> str:
    return url.removesuffix("/feed")


def forget_outlines(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        feed = select(FeedRow.id).where(FeedRow.url == WHOLE).scalar_subquery()
        connection.execute(delete(OutlineRow).where(OutlineRow.feed_id == feed))


def rows(tools: Tools, url: str, *columns: Any) -> Sequence[Row[Any]]:
    """What the store has of a feed's sightings and their articles, in the order in which articles were made."""
    query = select(*columns).select_from(SightingRow).join(FeedRow, FeedRow.id == SightingRow.feed_id)
    query = query.join(ArticleRow, ArticleRow.id == SightingRow.article_id)
    with reading(tools.engine) as connection:
        return connection.execute(query.where(FeedRow.url == url).order_by(SightingRow.id)).all()


def stored(tools: Tools, url: str) -> tuple[Any, ...]:
    """All that a feed has brought, without the ids and moments that differ from feed to feed."""
    versions = select(func.count()).where(RevisionRow.article_id == ArticleRow.id).scalar_subquery()
    says = [SightingRow.guid, SightingRow.known_by, SightingRow.content_hash, SightingRow.left_at.is_(None)]
    shows = [ArticleRow.title, ArticleRow.text, ArticleRow.published_at, ArticleRow.match_key.is_(None), versions]
    numbers = [number for (number,) in rows(tools, url, ArticleRow.id)]
    places = {number: place for place, number in enumerate(sorted(set(numbers)))}
    facts = [(guid.removeprefix(site_of(url)), *row) for guid, *row in rows(tools, url, *says, *shows)]
    return facts, [places[number] for number in numbers], guid_rule(tools, url)


def guid_rule(tools: Tools, url: str) -> Row[Any]:
    with reading(tools.engine) as connection:
        columns = FeedRow.guid_policy, FeedRow.guid_renamings
        return connection.execute(select(*columns).where(FeedRow.url == url)).one()


def told(record: PollRecord) -> tuple[Any, ...]:
    return record.outcome, record.new, record.updated, record.entries, record.note


@pytest.mark.parametrize("seed", range(3))
def test_a_document_read_in_part_is_stored_as_one_read_whole(tools: Tools, seed: int) -> None:
    publisher, left_unread, late = Publisher(seed), 0, []
    for _ in range(STEPS):
        publisher.step()
        forget_outlines(tools)
        # Leased together: whoever leased a feed before is late from now on.
        leased = lease(tools, UNREAD, WHOLE)
        reads = [read(tools, each, publisher.document(site_of(each.feed.url))) for each in leased]
        left_unread += bool(reads[0][1].repeated)
        assert not reads[1][1].repeated
        if publisher.chance.random() < 0.1:
            # Their workers are late: another document is stored first.
            late.append(reads)
            continue
        for both in [reads, *late]:
            records = [store(tools, each)[0] for each in both]
            assert told(records[0]) == told(records[1])
        late.clear()
        assert stored(tools, UNREAD) == stored(tools, WHOLE)
    assert left_unread > STEPS / 10


def versions_of(document: bytes) -> list[bytes]:
    """What its feed may serve before and after: without an entry, with one that was edited, without the oldest."""
    sliced = slice_entries(document)
    if sliced is None or len(sliced.slices) < FEWEST or len(document) > LONGEST:
        return []
    first, _, third, *_, last = sliced.slices
    edited = document.replace(third, third.replace(b" the ", b" THE NEW ", 1), 1).replace(last, b"", 1)
    return [document.replace(first, b"", 1), document, edited, document]


def test_real_documents_are_stored_alike_in_part_and_whole(tools: Tools) -> None:
    documents = read_documents([folder for folder in FOLDERS if folder.is_dir()]).values()
    left_unread = 0
    for document in documents:
        for body in versions_of(document.body):
            forget_outlines(tools)
            reads = [read(tools, each, body) for each in lease(tools, UNREAD, WHOLE)]
            left_unread += bool(reads[0][1].repeated)
            assert told(store(tools, reads[0])[0]) == told(store(tools, reads[1])[0])
    assert left_unread
    assert stored(tools, UNREAD) == stored(tools, WHOLE)


def test_an_entry_that_shares_its_link_with_an_unread_one_gets_no_match_key(tools: Tools) -> None:
    first = entry("1", "https://a.example/page", "Storm", "A storm.", "1 07:30")
    second = entry("2", "https://a.example/page", "Rain", "Rain fell.", "2 07:30")
    poll_once(tools, "https://a.example/feed", rss([first, entry("3", "https://a.example/3", "Sun", "Sun.")]))
    poll_once(tools, "https://a.example/feed", rss([second, first, entry("3", "https://a.example/3", "Sun", "Sun.")]))
    with reading(tools.engine) as connection:
        keys = {title: key for title, key in connection.execute(select(ArticleRow.title, ArticleRow.match_key))}  # noqa: C416 -- dict() of rows loses the types
    assert keys["Rain"] is None


@pytest.mark.parametrize(
    "known",
    [
        # Some entries with a guid, some without one.
        [entry("1", "https://a.example/1", "Storm"), entry("", "https://a.example/2", "Rain")],
        # Neither guid nor link: known by their words.
        [entry(title="Storm", text="A storm."), entry(title="Rain", text="Rain fell.")],
    ],
    ids=["some guids", "words alone"],
)
def test_entries_that_have_no_guid_stay_unread_too(tools: Tools, known: list[str]) -> None:
    url, new = "https://a.example/feed", entry("9", "https://a.example/9", "Sun", "It shines.")
    poll_once(tools, url, rss(known))
    reads = read(tools, lease(tools, url)[0], rss([new, *known]))
    assert len(reads[1].repeated) == 2
    with reading(tools.engine) as connection:
        (prepared,) = prepare_documents(connection, [reads], now_of(tools), None)
    assert prepared.parsed.before


def test_entries_of_the_same_words_and_no_name_are_all_that_is_read_beside_a_new_one(tools: Tools) -> None:
    url, days = "https://a.example/feed", ("1 07:30", "2 07:30", "3 07:30")
    known = [*(entry(title="Storm", text="A storm.", published=day) for day in days[:2]), entry(title="Rain")]
    poll_once(tools, url, rss(known))
    poll_once(tools, url, rss([entry(title="Sun"), *known]))
    assert len(read(tools, lease(tools, url)[0], rss([entry(title="Wind"), *known]))[1].repeated) == 1
    record = poll_once(tools, url, rss([entry(title="Storm", text="A storm.", published=days[2]), *known]))
    assert (record.new, record.updated, record.entries) == (1, 0, 4)


def test_whether_a_feed_has_given_up_its_guids_is_told_from_all_its_entries(tools: Tools) -> None:
    url, known = "https://a.example/feed", entry("1", "https://a.example/1", "Storm")
    poll_once(tools, url, rss([known]))
    poll_once(tools, url, rss([entry("", "https://a.example/2", "Rain"), known]))
    assert guid_rule(tools, url).guid_policy == "guid"


def test_an_outline_of_an_older_document_spares_nothing(tools: Tools) -> None:
    url = "https://a.example/feed"
    one, two = entry("1", title="Storm", text="A storm."), entry("2", title="Rain", text="Rain fell.")
    poll_once(tools, url, rss([one]))
    (leased,) = lease(tools, url)
    waiting = read(tools, leased, rss([two, one]))
    assert waiting[1].repeated
    # Meanwhile the entry leaves the feed with another document, so that it comes back with this one.
    poll_once(tools, url, rss([entry("3", "https://a.example/3", "Sun", "Sun.")]))
    store(tools, waiting)
    with reading(tools.engine) as connection:
        ledger = connection.execute(select(PollRow.entries).order_by(PollRow.id)).scalars().all()
    assert ledger == [1, 1, 2]


def has_outline(tools: Tools) -> bool:
    """Whether there is an outline of the newest document of the only feed."""
    with reading(tools.engine) as connection:
        of_feed = select(OutlineRow).join(ScheduleRow, ScheduleRow.feed_id == OutlineRow.feed_id)
        return connection.execute(of_feed.where(OutlineRow.edition == ScheduleRow.edition)).first() is not None


def atom(*entries: tuple[str, str, str]) -> bytes:
    """An Atom feed of entries under one guid: link, moment of 23 November 2026, and words of each."""
    items = (
        f"<entry><id>urn:one</id><link href='https://a.example/{link}'/><title>{words}</title>"
        f"<updated>2026-11-23T{moment}:00Z</updated><content>{words} {words}</content></entry>"
        for link, moment, words in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{"".join(items)}</feed>'.encode()


def test_an_entry_that_is_not_stored_under_its_own_key_is_not_known_by_its_bytes(tools: Tools) -> None:
    poll_once(tools, "https://a.example/feed", atom(("1", "12:00", "Storm over the harbour")))
    assert has_outline(tools)
    # The guid comes to name other, older news: the sighting is known by its words.
    poll_once(tools, "https://a.example/feed", atom(("2", "09:00", "Budget passed by the council")))
    assert not has_outline(tools)


def test_where_the_newest_document_has_no_outline_the_next_is_read_whole_at_once(tools: Tools) -> None:
    url = "https://a.example/feed"
    storm, budget = ("1", "12:00", "Storm over the harbour"), ("2", "09:00", "Budget passed by the council")
    poll_once(tools, url, atom(storm))
    poll_once(tools, url, atom(budget))
    _, parsed = read(tools, lease(tools, url)[0], atom(budget, storm))
    assert (parsed.before, parsed.repeated, len(parsed.entries)) == (None, (), 2)


def test_links_that_differ_in_their_query_alone_do_not_have_documents_read_whole(tools: Tools) -> None:
    items = [entry(str(n), f"https://a.example/item?id={n}", f"News {n}", f"Words {n}.", "1 07:30") for n in (1, 2, 3)]
    poll_once(tools, "https://a.example/feed", rss(items[:2]))
    reads = read(tools, lease(tools, "https://a.example/feed")[0], rss(items))
    assert len(reads[1].repeated) == 2
    with reading(tools.engine) as connection:
        (prepared,) = prepare_documents(connection, [reads], now_of(tools), None)
    assert prepared.parsed.before


def test_entries_are_read_again_by_new_rules(tools: Tools) -> None:
    poll_once(tools, "https://a.example/feed", rss([entry("1", title="Storm", text="A storm.")]))
    with reading(tools.engine) as connection:
        (edition,) = connection.execute(select(ScheduleRow.edition)).scalars()
        assert find_outlines(connection, {1: edition}, READING)
        assert find_outlines(connection, {1: edition}, "other rules") == {}
