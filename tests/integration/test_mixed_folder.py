"""Five hundred files in many formats and encodings, in one folder, are five hundred right articles."""

import json
from pathlib import Path

from tests.mixed_folder import write_mixed_folder
from tests.news_formats import FORMATS
from tests.news_items import News
from worker.database.engine import reading
from worker.look.article_listing import list_articles
from worker.look.listings import Listed, Wanted
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

COUNT = 500


def _expect(name: str, news: News) -> dict[str, object]:
    form, tongue = FORMATS[name], news.tongue
    # A sender whose name has no space may as well be a desk, and nothing shows a line to be a byline in some languages.
    is_signed = tongue.byline if form.is_bare else name != "mail" or " " in tongue.author
    return {
        "title": news.title,
        "text": "\n\n".join(news.paragraphs),
        "day": news.day,
        "language": tongue.language,
        "agency": tongue.agency if "agency" in form.says else None,
        "place": tongue.place if "place" in form.says else None,
        "authors": [tongue.author] if is_signed else [],
    }


def _tell(article: Listed) -> dict[str, object]:
    return {
        "title": article["title"],
        "text": article["text"],
        "day": str(article["published_at"])[:10],
        "language": (article["language"] or "").partition("-")[0],
        "agency": article["agency"],
        "place": article["dateline_place"],
        "authors": [*article["authors"]],
    }


def test_five_hundred_files_are_five_hundred_right_articles(tools: Tools, tmp_path: Path) -> None:
    written = write_mixed_folder(tmp_path / "seeds", COUNT)
    assert len({news.encoding for _, news in written.values()}) >= 8
    reads = list(ingest(tools, [tmp_path / "seeds"], 1_000_000))
    assert [str(each.error) for each in reads if each.error] == []
    assert {each.path: each.format for each in reads} == {path: name for path, (name, _) in written.items()}
    with reading(tools.engine) as connection:
        found = {article["title"]: _tell(article) for article in list_articles(connection, Wanted())}
    expected = {path: _expect(name, news) for path, (name, news) in written.items()}
    assert len(found) == COUNT
    wrong = {path: found.get(each["title"]) for path, each in expected.items() if found.get(each["title"]) != each}
    assert json.dumps(wrong, ensure_ascii=False, indent=1) == "{}"
    assert [each.new for each in ingest(tools, [tmp_path / "seeds"], 1_000_000) if each.new] == []
