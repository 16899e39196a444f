"""Where every unit test stands: in a folder with nothing in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def _empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def _own_folder(_empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # One for all: to make one for each took longer than most of the tests themselves.
    monkeypatch.chdir(_empty_folder)
    yield
    assert not any(_empty_folder.iterdir()), "a unit test that writes a file changes to its tmp_path first"
