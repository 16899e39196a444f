"""One browser and one demo store for each process of the tests, and the page over that store."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts.demo_store.building import build_demo_store
from tests.browser.serving import serve
from tests.servers.chromium import NAMES, Browser, Page, Screen, find_chromium

NO_BROWSER = f"needs a browser ({', '.join(NAMES)}): `apt-get install chromium-headless-shell`"
NO_AXE = "needs axe-core: `pip install --no-deps axe-playwright-python`"


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A store like a newsroom's after two weeks, made once for all processes of the tests; nobody writes to it."""
    folder = tmp_path_factory.getbasetemp()
    # Each process of pytest-xdist has a folder of its own in the one that they share.
    shared = folder if worker_id == "master" else folder.parent
    path = shared / "demo.db"
    with (shared / "demo.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not path.exists():
            made = shared / "demo-making.db"
            build_demo_store(made, datetime.now(UTC))
            made.rename(path)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser; without one a test says what it needs."""
    if not (executable := find_chromium()):
        pytest.skip(NO_BROWSER)
    with Browser(executable) as browser:
        yield browser


@pytest.fixture(scope="session")
def site(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where ``feedmill web`` answers over the demo store: a process of its own, as a user starts it."""
    with serve(f"sqlite:///{demo_store}", tmp_path_factory.mktemp("web")) as origin:
        yield origin


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a desktop's screen; what it complains of fails the test."""
    with browser.page(Screen(), site) as page:
        yield page
    assert page.seen.complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """Deque's axe-core, which judges how well all can use a page; its source, to be run in one."""
    spec = find_spec("axe_playwright_python")
    if not (spec and spec.origin):
        pytest.skip(NO_AXE)
    return Path(spec.origin).with_name("axe.min.js").read_text()
