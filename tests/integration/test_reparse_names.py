"""Which entries of kept documents are known: none that was stored becomes a new article."""

from dataclasses import replace

from tests.documents import entry
from tests.polling import follow, titles
from tests.reparsing import read_worse, reparse_feed, rows, told
from tests.servers.publisher import Publisher
from worker.parse import ParseLimits, Parser
from worker.pipeline.tools import Tools
from worker.values.reread import ChangeKind


def test_entries_without_names_that_stayed_in_several_documents_are_no_new_articles(
    keeping: Tools, publisher: Publisher
) -> None:
    storm, gulls, market = (
        entry(title=name, text=f"{name} came. {name} went.", published="4 07:30")
        for name in ("Storm", "Gulls", "Market")
    )
    edited = entry(title="Storm", text="It came again. It went again.", published="4 07:30")
    with Parser(ParseLimits(), read_worse) as worse:
        follow(replace(keeping, parser=worse), publisher, [storm], [gulls, storm], [edited, gulls], [market])
    assert {each.kind for each in reparse_feed(keeping, write=True).articles} == {ChangeKind.REVISED}
    assert titles(keeping) == ["Gulls", "Market", "Storm"]
    assert told(reparse_feed(keeping)) == []


def test_an_entry_whose_link_others_have_come_to_share_is_known_by_it_still(
    keeping: Tools, publisher: Publisher
) -> None:
    names = ("storm", "gulls", "tram")
    link = "https://news.example/today"
    storm, gulls, tram = (entry(link=link, title=name, text=f"Of {name}.", published="4 07:30") for name in names)
    follow(keeping, publisher, [storm], [storm, gulls], [gulls, tram], [gulls, tram])
    before = rows(keeping)
    assert (told(reparse_feed(keeping, write=True)), rows(keeping)) == ([], before)
