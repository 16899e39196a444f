"""Names that move from entry to entry: links that are numbered anew, guids that are places in a document."""

from sqlalchemy import select

from tests.documents import PARAGRAPHS, entry
from tests.polling import counts, follow
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading
from worker.pipeline.tools import Tools

OWN = "http://127.0.0.1"


def _item(number: int, guid: str, link: int) -> str:
    return entry(guid, f"{OWN}/{link}", f"Story {number}", PARAGRAPHS[number], f"{number + 1} 07:30")


def _shifted(number: int, link: int) -> str:
    return _item(number, f"g{number}", link)


def test_links_that_all_move_up_by_one_stop_no_poll(tools: Tools, publisher: Publisher) -> None:
    documents = ([_shifted(1, up + 1), _shifted(0, up)] for up in range(3))
    records = follow(tools, publisher, *documents)
    assert [record.error for record in records] == [None] * 3
    assert counts(tools) == (2, 2)
    with reading(tools.engine) as connection:
        urls = connection.execute(select(ArticleRow.url).order_by(ArticleRow.title)).scalars().all()
    assert urls == [f"{OWN}/2", f"{OWN}/3"]


def test_guids_that_are_places_in_the_document_double_nothing(tools: Tools, publisher: Publisher) -> None:
    def document(*stories: int) -> list[str]:
        return [_item(number, f"slot{place}", number) for place, number in enumerate(stories)]

    follow(tools, publisher, document(1, 0), document(2, 1, 0), document(3, 2, 1))
    assert counts(tools)[0] == 4
