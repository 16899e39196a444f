"""Which article an entry is, when its feed does not name it as it should: each oddity over several polls."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, update

from tests.documents import PARAGRAPHS, entry, rss
from tests.polling import count, counts, follow, make_due, poll
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.pipeline.tools import Tools

# A feed names the pages of its own site for all feeds of that site; any others only within itself.
OWN, FOREIGN = "http://127.0.0.1", "https://elsewhere.example"
SITES = pytest.mark.parametrize("site", [OWN, FOREIGN])


@dataclass(frozen=True)
class Story:
    number: int
    published: str

    @property
    def title(self) -> str:
        return f"Story {self.number}"

    @property
    def text(self) -> str:
        return PARAGRAPHS[self.number]


STORIES = [Story(number, f"{number + 1} 07:30") for number in range(4)]


def _item(story: Story, guid: str, link: str, **other: str) -> str:
    fields = {"title": story.title, "text": story.text, "published": story.published} | other
    return entry(guid, link, **fields)


def _policy(tools: Tools) -> tuple[str, str | None]:
    with reading(tools.engine) as connection:
        return tuple(connection.execute(select(FeedRow.guid_policy, FeedRow.guid_reason)).one())


@SITES
def test_a_redesign_that_gives_every_entry_another_guid_doubles_nothing(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    before = [_item(story, f"old-{story.number}", f"{site}/{story.number}") for story in STORIES]
    after = [_item(story, f"new-{story.number}", f"{site}/{story.number}") for story in STORIES]
    records = follow(tools, publisher, before, after)
    assert counts(tools) == (4, 4)
    assert (records[1].new, records[1].updated) == (0, 0)
    assert records[1].note == "entries known again under other guids: 4"


@SITES
def test_a_redesign_that_brings_a_new_entry_too_has_that_one_new(tools: Tools, publisher: Publisher, site: str) -> None:
    before = [_item(story, f"old-{story.number}", f"{site}/{story.number}") for story in STORIES[:3]]
    after = [_item(story, f"new-{story.number}", f"{site}/{story.number}") for story in STORIES[::-1]]
    assert follow(tools, publisher, before, after)[1].new == 1
    assert counts(tools) == (4, 4)


def test_a_change_to_https_doubles_nothing_where_guids_are_links(tools: Tools, publisher: Publisher) -> None:
    def document(scheme: str) -> list[str]:
        links = [f"{scheme}://elsewhere.example/{story.number}" for story in STORIES]
        return [_item(story, link, link) for story, link in zip(STORIES, links, strict=True)]

    follow(tools, publisher, document("http"), document("https"))
    assert counts(tools) == (4, 4)


def test_a_move_to_another_host_doubles_nothing_where_guids_are_links(tools: Tools, publisher: Publisher) -> None:
    def document(host: str, **other: str) -> list[str]:
        links = [f"https://{host}/{story.number}" for story in STORIES]
        return [_item(story, link, link, **other) for story, link in zip(STORIES, links, strict=True)]

    follow(tools, publisher, document("old.example"), document("new.example"), document("newest.example"))
    assert counts(tools) == (4, 4)


def test_such_a_move_is_recognised_without_dates_when_enough_entries_agree(tools: Tools, publisher: Publisher) -> None:
    def document(host: str) -> list[str]:
        links = [f"https://{host}/{story.number}" for story in STORIES]
        return [_item(story, link, link, published="") for story, link in zip(STORIES, links, strict=True)]

    follow(tools, publisher, document("old.example"), document("new.example"))
    assert counts(tools) == (4, 4)


@SITES
def test_guids_that_change_at_every_poll_double_nothing_and_are_given_up(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def document(poll: int, stories: Iterable[Story]) -> list[str]:
        return [_item(story, f"{poll}-{story.number}", f"{site}/{story.number}") for story in stories]

    follow(tools, publisher, *(document(number, STORIES[:3]) for number in range(4)))
    assert counts(tools) == (3, 3)
    assert _policy(tools) == ("link", "its guids changed 2 times running while the entries stayed")
    sightings = count(tools, SightingRow)
    for number in range(4, 7):
        publisher.serve("/feed", rss(document(number, STORIES[:3])))
        make_due(tools)
        poll(tools)
    publisher.serve("/feed", rss(document(7, STORIES)))
    make_due(tools)
    assert poll(tools)[0].new == 1
    assert (counts(tools), count(tools, SightingRow)) == ((4, 4), sightings + 1)


@SITES
def test_one_guid_for_all_entries_loses_none_of_them(tools: Tools, publisher: Publisher, site: str) -> None:
    items = [_item(story, "the-same", f"{site}/{story.number}") for story in STORIES]
    follow(tools, publisher, items[:2], items[1:2], items[2:3], items[1:4], items[3:])
    assert counts(tools) == (4, 4)
    assert _policy(tools) == ("guid and link", "2 of the 2 guids in its document were shared")


@SITES
def test_one_guid_for_one_entry_after_the_other_loses_none_of_them(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    items = [_item(story, "latest", f"{site}/{story.number}") for story in STORIES]
    records = follow(tools, publisher, items[:1], items[1:2], items[2:3])
    assert counts(tools) == (3, 3)
    assert records[2].note == "new entries under guids of other articles: 1"


@SITES
def test_a_guid_used_twice_by_a_slip_leaves_the_other_entries_alone(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    items = [_item(story, f"g{story.number}", f"{site}/{story.number}") for story in STORIES]
    slip = [*items[1:], _item(STORIES[0], "g1", f"{site}/0")]
    follow(tools, publisher, items, slip, items)
    assert counts(tools) == (4, 4)
    assert _policy(tools) == ("guid", None)


@SITES
def test_entries_without_guids_are_known_by_their_links_also_when_guids_come_later(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    bare = [_item(story, "", f"{site}/{story.number}") for story in STORIES[:2]]
    edited = [_item(STORIES[0], "", f"{site}/0", text="Other words."), bare[1]]
    with_guids = [_item(story, f"g{story.number}", f"{site}/{story.number}") for story in STORIES[:2]]
    follow(tools, publisher, bare, bare[::-1], edited, with_guids)
    assert counts(tools) == (2, 3)
    assert _policy(tools) == ("link", "its entries have no guids")


def test_entries_with_neither_guid_nor_link_are_known_by_their_words(tools: Tools, publisher: Publisher) -> None:
    items = [_item(story, "", "") for story in STORIES]
    follow(tools, publisher, items[:2], items[:3], items[1:])
    assert counts(tools) == (4, 4)


@SITES
def test_an_edited_title_that_takes_guid_and_url_along_is_a_revision(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def document(slug: str, title: str) -> list[str]:
        return [_item(STORIES[0], f"{site}/{slug}", f"{site}/{slug}", title=title), other]

    other = _item(STORIES[1], "other", f"{site}/other")
    records = follow(
        tools, publisher, document("bridge-opens", "Bridge opens"), document("bridge-is-open", "Bridge is open")
    )
    assert (records[1].new, records[1].updated) == (0, 1)
    assert counts(tools) == (2, 3)


@SITES
def test_an_edited_title_that_takes_the_guid_along_is_a_revision(tools: Tools, publisher: Publisher, site: str) -> None:
    def document(title: str, text: str) -> list[str]:
        return [_item(STORIES[0], f"tag:{title}", f"{site}/bridge", title=title, text=text)]

    records = follow(
        tools, publisher, document("Bridge opens", PARAGRAPHS[0]), document("Bridge closes again", "It lasted an hour.")
    )
    assert (records[1].new, records[1].updated) == (0, 1)
    assert counts(tools) == (1, 2)


@SITES
def test_a_page_that_is_used_again_every_day_holds_an_article_each_day(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def document(day: int) -> list[str]:
        return [entry(f"weather-{day}", f"{site}/weather", "The weather", PARAGRAPHS[day], f"{day + 1} 06:00")]

    records = follow(tools, publisher, document(0), document(1), document(2))
    assert [record.new for record in records] == [1, 1, 1]
    assert counts(tools) == (3, 3)
    # The next look finds each where it was.
    make_due(tools)
    publisher.serve("/feed", rss([*document(2), *document(1), *document(0)]))
    assert poll(tools)[0].new == 0


@SITES
def test_bulletins_in_the_same_words_on_different_days_are_articles_of_their_own(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def document(day: int) -> list[str]:
        text = "No warnings are in force. " * 10
        return [entry(f"warnings-{day}", f"{site}/{day}", "Warnings", text, f"{day} 06:00")]

    follow(tools, publisher, document(1), document(2), document(3))
    assert count(tools, ArticleRow) == 3


@SITES
def test_a_live_blog_that_grows_under_new_guids_stays_one_article(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def document(updates: int) -> list[str]:
        text = " ".join(PARAGRAPHS[:updates])
        return [entry(f"live?v={updates}", f"{site}/live", "Live: the storm", text, f"{updates} 23:00")]

    follow(tools, publisher, document(1), document(2), document(3))
    assert counts(tools) == (1, 3)


@SITES
def test_a_column_with_the_same_title_every_week_is_a_new_article_each_time(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def document(*weeks: int) -> list[str]:
        return [
            entry(f"col-{week}", f"{site}/col/{week}", "My week", PARAGRAPHS[week], f"{week + 1} 08:00")
            for week in weeks
        ]

    follow(tools, publisher, document(0), document(1), document(2, 1))
    assert counts(tools) == (3, 3)


def test_an_entry_that_returns_under_another_guid_is_not_new_on_its_own_site(
    tools: Tools, publisher: Publisher
) -> None:
    first, second = (_item(story, f"old-{story.number}", f"{OWN}/{story.number}") for story in STORIES[:2])
    again = _item(STORIES[0], "new-0", f"{OWN}/0")
    records = follow(tools, publisher, [first], [second], [again, second])
    assert records[2].new == 0
    assert counts(tools) == (2, 2)


def test_where_guid_and_url_name_different_articles_the_guid_wins_and_the_ledger_says_so(
    tools: Tools, publisher: Publisher
) -> None:
    first, second = (_item(story, f"g{story.number}", f"{OWN}/{story.number}") for story in STORIES[:2])
    crossed = _item(STORIES[0], "g0", f"{OWN}/1")
    records = follow(tools, publisher, [first, second], [crossed])
    assert records[1].note == (
        "entries whose URL names another article than their guid, which wins: 1; "
        "articles of which other fields than the words changed: 1"
    )
    assert counts(tools) == (2, 2)
    with reading(tools.engine) as connection:
        carried = select(ArticleRow.title).join(SightingRow, SightingRow.article_id == ArticleRow.id)
        assert connection.execute(carried.where(SightingRow.guid == "g0")).scalar_one() == "Story 0"


def test_an_operator_says_by_what_entries_are_known(tools: Tools, publisher: Publisher) -> None:
    items = [_item(STORIES[0], "g1", f"{FOREIGN}/0")]
    follow(tools, publisher, items)
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(options={"guid_policy": "link"}))
    publisher.serve("/feed", rss([_item(STORIES[0], "g2", f"{FOREIGN}/0", text="Other words.")]))
    make_due(tools)
    poll(tools)
    with reading(tools.engine) as connection:
        known_by = select(SightingRow.guid, SightingRow.known_by).where(SightingRow.left_at.is_(None))
        assert connection.execute(known_by).all() == [("g2", "link")]
        assert connection.execute(select(func.count()).select_from(ArticleRow)).scalar_one() == 1
