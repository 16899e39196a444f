"""Five hundred files in many formats and encodings, in one folder, are five hundred right articles."""

import json
from collections import Counter
from pathlib import Path

from tests.mixed_folder import FORMATS, write_mixed_folder
from worker.database.engine import reading
from worker.look.article_listing import list_articles
from worker.look.listings import Wanted
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

COUNT = 500


def test_five_hundred_files_are_five_hundred_right_articles(tools: Tools, tmp_path: Path) -> None:
    written = dict(write_mixed_folder(tmp_path / "seeds", COUNT))
    encodings = {path.relative_to(tmp_path / "seeds").parts[0] for path in written}
    assert len(encodings) >= 6
    reads = list(ingest(tools, [tmp_path / "seeds"], 1_000_000))
    assert [str(each.error) for each in reads if each.error] == []
    assert Counter(each.format for each in reads).keys() == FORMATS.keys()
    with reading(tools.engine) as connection:
        found = {each["title"]: each for each in list_articles(connection, Wanted())}
    assert len(found) == COUNT
    wrong = {}
    for path, news in written.items():
        article = found.get(news.title)
        said = article and (
            article["text"],
            str(article["published_at"])[:10],
            (article["language"] or "").partition("-")[0],
            article["agency"],
        )
        agency = news.tongue.agency if news.tongue.dateline and path.suffix == ".txt" else article and article["agency"]
        if said != ("\n\n".join(news.paragraphs), news.day, news.tongue.language, agency):
            wrong[path.name] = said
    assert json.dumps(wrong, ensure_ascii=False, indent=1) == "{}"
    assert [each.new for each in ingest(tools, [tmp_path / "seeds"], 1_000_000) if each.new] == []
