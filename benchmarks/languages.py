"""How well languages are told: ``python -m benchmarks.languages [FOLDER…]``.

by hand   texts of tests/data/languages, whole and cut to a number of letters, at several probabilities
feeds     entries of saved feeds: whether what is told agrees with what is declared, and every one that does not
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import psutil

from benchmarks.parsers import FOLDERS, ROOT, read_documents
from worker.basics.languages import detect_language, guess_language
from worker.errors import PollError
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.language import Detect
from worker.parse.document import parse_document
from worker.recognise.keys import hash_guid
from worker.values.articles import Article
from worker.values.due_feeds import Document
from worker.values.entries import Entry, KeyedEntry, ParsedDocument

TEXTS = ROOT / "tests/data/languages"
_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_MOST = 2_000
_LETTERS = (30, 60, 120)
_PROBABILITIES = (0.5, 0.6, 0.7, 0.8, 0.9)
_PASSES = 3
# Of these the detector sees all it ever does.
_LONG = 300


def read_texts() -> Iterator[tuple[str, str]]:
    """Yield every text written by hand with its language."""
    for path in sorted(TEXTS.iterdir()):
        for text in path.read_text().split("\n\n"):
            yield _primary(path.stem), text.strip()


def cut(text: str, letters: int) -> Iterator[str]:
    """Yield the runs of words that have so many letters, from every other word on; of characters, without spaces."""
    between = " " if " " in text else ""
    words = text.split() if between else [*text]
    for begin in range(0, len(words), 2):
        counts = accumulate(sum(map(str.isalpha, word)) for word in words[begin:])
        if length := next((number for number, count in enumerate(counts, 1) if count >= letters), None):
            yield between.join(words[begin : begin + length])


def print_texts() -> None:
    """Print how many texts by hand are told, and how many of those wrongly, at each probability."""
    whole = [*read_texts()]
    print("by hand      texts" + "".join(f"{f'told, wrong at {least}':>22}" for least in _PROBABILITIES))
    for letters in (*_LETTERS, None):
        texts = [(tag, part) for tag, text in whole for part in (cut(text, letters) if letters else [text])]
        guesses = [(tag, *guess_language(text)) for tag, text in texts]
        row = f"{f'{letters} letters' if letters else 'whole':<12} {len(texts):>5}"
        for least in _PROBABILITIES:
            told = [tag == guess for tag, guess, probability in guesses if probability >= least]
            row += f"{len(told) / len(texts):>13.1%} {told.count(False) / len(texts):>8.2%}"
        print(row)
    print()


def read_articles(documents: Iterable[tuple[str, Document]], detect: Detect) -> Iterator[tuple[str, Article, Article]]:
    """Yield every entry of documents as two articles: in the language declared, and in the one told from its text."""
    for name, document in documents:
        try:
            parsed = parse_document(document, _MOST)
        except PollError:
            continue
        silent = replace(parsed, language=None)
        for entry in parsed.entries:
            declared = _article(document, parsed, entry, None)
            yield name, declared, _article(document, silent, replace(entry, language=None), detect)


def print_feeds(folders: list[Path]) -> None:
    """Print how often what is told agrees with what is declared, and all that differs."""
    asked: list[str] = []

    def detect(text: str) -> str | None:
        asked.append(text)
        return detect_language(text)

    outcomes: Counter[str] = Counter()
    differing: list[str] = []
    for name, declared, told in read_articles(read_documents(folders).items(), detect):
        outcome = _outcome(declared.language, told.language)
        outcomes[outcome] += 1
        if outcome == "differ":
            differing.append(f"{name}: {declared.language} declared, {told.language} told: {declared.title[:60]}")
    print(f"feeds: {outcomes.total()} entries")
    for outcome, count in outcomes.most_common():
        print(f"{outcome:<22} {count:>6} {count / outcomes.total():>7.1%}")
    print("\n".join(differing))
    long = [text for text in asked if len(text) >= _LONG]
    print(f"{_cpu_ms(asked):.3f} CPU ms a call, {_cpu_ms(long):.3f} of a long text")


def print_memory() -> None:
    """Print what library and model hold resident."""
    process = psutil.Process()
    before = process.memory_info().rss
    guess_language("the model is loaded")
    print(f"{(process.memory_info().rss - before) / 1e6:.1f} MB for library and model\n")


def _cpu_ms(texts: Sequence[str]) -> float:
    """Return what a call takes: the mean of the best of a few passes."""
    passes: list[float] = []
    for _ in range(_PASSES):
        began = time.process_time()
        for text in texts:
            detect_language(text)
        passes.append(time.process_time() - began)
    return min(passes) / max(len(texts), 1) * 1000


def _outcome(declared: str | None, told: str | None) -> str:
    if declared is None:
        return f"undeclared, told {told}" if told else "undeclared, unsure"
    return "unsure" if told is None else "agree" if _primary(declared) == _primary(told) else "differ"


def _article(document: Document, parsed: ParsedDocument, entry: Entry, detect: Detect | None) -> Article:
    guid = entry.guid or entry.link or ""
    context = FeedContext(document.url, document.url, parsed.site_url, parsed.language, _NOW, detect)
    return normalise(KeyedEntry(guid, hash_guid(guid), b"", entry), context, _NOW).article


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def main() -> None:
    """Print the memory taken and both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[folder for folder in FOLDERS if folder.is_dir()])
    chosen = parser.parse_args()
    print_memory()
    print_texts()
    print_feeds(chosen.folders)


if __name__ == "__main__":
    main()
