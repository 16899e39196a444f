"""Take the pictures of ``docs/pictures/``: the page over a demo store, in a real browser.

``.venv/bin/pip install pillow && PYTHONPATH=. .venv/bin/python -m scripts.pictures``, with Chromium and fonts for all
scripts, as ``.ci/run`` installs them. A name on the command line takes that picture alone.
"""

import argparse
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import Connection, func, select

from scripts.demo_store.building import build_demo_store
from tests.browser.serving import serve
from tests.servers.chromium import Browser, Page, Screen, find_chromium
from worker.database.article_tables import ArticleRow
from worker.database.engine import open_store, reading
from worker.database.feed_tables import FeedRow
from worker.database.story_tables import StoryRow

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
_MOST_BYTES = 150_000
_DESKTOP, _DARK, _PHONE = Screen(1280, 860), Screen(1280, 860, is_dark=True), Screen(390, 844, scale=2)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is called, which page it shows, on which screen, and from where on."""

    name: str
    path: str
    screen: Screen
    from_selector: str = ""
    """The part of the page that is scrolled to the top."""


def list_pictures(connection: Connection) -> Iterator[Picture]:
    """Yield the pictures, with the feeds, articles and stories of the store that are worth showing."""
    feed_id = connection.execute(select(FeedRow.id).where(FeedRow.title == "Saltwick Signal")).scalar_one()
    revised = select(ArticleRow.id).where(ArticleRow.revision > 1, ArticleRow.agency.is_not(None))
    article_id = connection.execute(revised.order_by(func.length(ArticleRow.text).desc()).limit(1)).scalar_one()
    largest = select(StoryRow.id).order_by(StoryRow.size.desc(), StoryRow.id.desc()).limit(1)
    story_id = connection.execute(largest).scalar_one()
    yield Picture("now", "/", _DESKTOP)
    yield Picture("now-dark", "/", _DARK)
    yield Picture("now-phone", "/", _PHONE)
    yield Picture("feeds", "/feeds", _DESKTOP)
    yield Picture("feed", f"/feeds/{feed_id}", _DESKTOP)
    yield Picture("articles", "/articles", _DESKTOP)
    yield Picture("articles-phone", "/articles", _PHONE)
    yield Picture("search", "/articles?q=canal+homes", _DESKTOP)
    yield Picture("article", f"/articles/{article_id}", _DESKTOP)
    yield Picture("revisions", f"/articles/{article_id}", _DESKTOP, "#versions")
    yield Picture("stories", "/stories", _DESKTOP)
    yield Picture("story", f"/stories/{story_id}", _DESKTOP)
    yield Picture("story-dark", f"/stories/{story_id}", _DARK)
    yield Picture("changes", "/changes", _DESKTOP)


def take(browser: Browser, origin: str, picture: Picture) -> str:
    """Take a picture and write it, as small as it can be; say what came of it."""
    with browser.page(picture.screen, origin) as page:
        status = page.visit(picture.path)
        if status != 200:  # noqa: PLR2004 -- OK
            return f"{picture.name}: {picture.path} answered {status}"
        _scroll(page, picture.from_selector)
        taken = page.photograph(whole=False)
    small = _shrink(taken)
    (FOLDER / f"{picture.name}.png").write_bytes(small)
    too_large = " (TOO LARGE)" if len(small) > _MOST_BYTES else ""
    return f"{picture.name}: {len(small) // 1000} kB{too_large}"


def _scroll(page: Page, selector: str) -> None:
    if selector:
        page.evaluate(f"document.querySelector('{selector}')?.scrollIntoView()")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _shrink(picture: bytes) -> bytes:
    """Return a picture with at most 256 colours, which a page of text does not have more of."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    small = io.BytesIO()
    # Whatever colour is rare is kept: the dot of the mark is what a reader knows the page by.
    image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(small, "PNG", compress_level=9)
    return small.getvalue()


def main() -> None:
    """Take the pictures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m scripts.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", help="the pictures to take; none: all")
    wanted = parser.parse_args().names
    executable = find_chromium() or parser.error("there is no Chromium here: .ci/run installs one")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fm-pictures-") as folder:
        path = Path(folder) / "demo.db"
        build_demo_store(path, datetime.now(UTC))
        engine = open_store(f"sqlite:///{path}")
        with reading(engine) as connection:
            pictures = [each for each in list_pictures(connection) if not wanted or each.name in wanted]
        engine.dispose()
        with serve(f"sqlite:///{path}", Path(folder)) as origin, Browser(executable) as browser:
            for picture in pictures:
                print(take(browser, origin, picture))


if __name__ == "__main__":
    main()
