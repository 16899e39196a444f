"""Print how many texts of two heaps are taken for prose: news, which should be, and files of a machine.

python scripts/prose_rates.py --news seeds tests/data/dispatch saved_feeds --other /usr/lib/python3 /etc /var/log
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from worker.basics.charset import decode
from worker.errors import PermanentError
from worker.normalise.plain_text import text_of_tree
from worker.normalise.sanitise import sanitise_to_tree
from worker.parse import Kind, sniff
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.wire.text_documents import read_text

# What people wrote for people, though it lies among programs.
_PROSE_NAMES = (
    "readme", "licen", "copying", "copyright", "changelog", "changes", "news", "authors", "notice", "bugs", "tutor",
    "templates", "metadata", "pkg-info", "presubj",
)  # fmt: skip
_PROSE_ENDS = frozenset({".md", ".rst", ".txt", ".mo", ".gz"})
_MOST_BYTES, _MOST_OF_A_KIND, _MOST_ENTRIES = 2_000_000, 100, 5_000
_LONGEST_SHOWN = 90


def main() -> None:
    """Judge the texts that the command line names, and print how many of each heap are prose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--news", nargs="*", type=Path, default=[], help="folders of dispatches and saved feeds")
    parser.add_argument("--other", nargs="*", type=Path, default=[], help="folders of programs, settings and data")
    parser.add_argument("--show", type=int, default=10, help="how many wrong ones to print")
    asked = parser.parse_args()
    _report("news taken for prose", _read_news(asked.news), asked.show, is_prose=True)
    _report("other files refused", _read_others(asked.other), asked.show, is_prose=False)


def _report(title: str, texts: Iterable[tuple[str, bytes]], show: int, *, is_prose: bool) -> None:
    count, wrong = 0, []
    for name, body in texts:
        count += 1
        if _is_read(body) is not is_prose:
            wrong.append(name)
    if count:
        print(f"{title}: {count - len(wrong):,} of {count:,} ({1 - len(wrong) / count:.2%})")
    for name in wrong[:show]:
        print(f"  not {name[:_LONGEST_SHOWN]}")


def _is_read(body: bytes) -> bool:
    with suppress(PermanentError):
        read_text(Document("file:///text.txt", body, None), _MOST_ENTRIES)
        return True
    return False


def _read_news(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield the texts of files, and of the entries of saved feeds."""
    for path in _list_files(folders):
        body = path.read_bytes()
        if sniff(body) is Kind.TEXT and path.suffix != ".json":
            yield str(path), body
        elif sniff(body) in {Kind.XML_FEED, Kind.JSON}:
            yield from _read_entries(path, body)


def _read_entries(path: Path, body: bytes) -> Iterator[tuple[str, bytes]]:
    with suppress(PermanentError):
        for entry in parse_document(Document(path.resolve().as_uri(), body, None), _MOST_ENTRIES).entries:
            _, tree = sanitise_to_tree(entry.content or entry.summary or "", "https://example.com/")
            if text := text_of_tree(tree).strip():
                yield f"{path}: {text}", text.encode(errors="replace")


def _read_others(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield the texts among so many files of each kind, drawn by chance but the same each time."""
    chance, looked_at = random.Random(11), Counter[str]()  # noqa: S311 -- a sample, not a secret
    paths = [path for path in _list_files(folders) if not _is_of_people(path)]
    chance.shuffle(paths)
    for path in paths:
        looked_at[path.suffix] += 1
        if looked_at[path.suffix] <= _MOST_OF_A_KIND:
            with suppress(OSError):
                body = path.read_bytes()
                if sniff(body) is Kind.TEXT and decode(body, None).strip():
                    yield str(path), body


def _is_of_people(path: Path) -> bool:
    return path.suffix in _PROSE_ENDS or any(name in path.name.lower() for name in _PROSE_NAMES)


def _list_files(folders: Iterable[Path]) -> list[Path]:
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [each for each in files if each.is_file() and not each.is_symlink() and each.stat().st_size < _MOST_BYTES]


if __name__ == "__main__":
    main()
