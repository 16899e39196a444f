"""The pages of documentation, taken apart: their fenced blocks, the commands and statements in them, their tables."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# The comment above a block says why no test runs it, or marks one of the two commands of the README.
_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]+) -->\n)?(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
_OF_OURS = r"(?:\S+/bin/)?(?:feedmill|celery|python -m benchmarks)\b[^|;&<>]*"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it begins (its first line within the fence), its language and its text."""

    page: str
    line: int
    language: str
    text: str
    mark: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A command that a page shows, in a block or within a sentence, as words."""

    place: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place}: {' '.join(self.words)}"


def blocks(*languages: str) -> list[Block]:
    """Every fenced block of all pages that is in one of these languages."""
    return [block for path in PAGES for block in _blocks(path) if block.language in languages]


def is_run(block: Block) -> bool:
    """Say whether a block is run end to end: one of commands of ours, or of those of a deployment."""
    return block.language == "sh" and not block.mark and bool(re.search("feedmill|docker", block.text))


@cache
def _blocks(path: Path) -> list[Block]:
    text = path.read_text()
    return [
        Block(
            page=str(path.relative_to(ROOT)),
            line=text.count("\n", 0, found.start("text")) + 1,
            language=found["language"],
            text=dedent(found["text"]),
            mark=found["mark"],
        )
        for found in _BLOCK.finditer(text)
    ]


def spans() -> Iterator[tuple[str, str]]:
    """Yield every piece of code within a sentence, with its page and line."""
    for path in PAGES:
        # Blocks keep their lines, so that those behind them have their numbers.
        text = _BLOCK.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())
        for found in _SPAN.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}", re.sub(r"\s+", " ", found[1])


@cache
def shown_commands() -> list[Shown]:
    """Every command of ours, of Celery or of the benchmarks that a page shows."""
    lines = [
        (f"{block.page}:{block.line + number}", found)
        for block in blocks("sh", "ini")
        for number, line in enumerate(block.text.splitlines())
        for found in re.findall(rf"(?:^|&& |\| |=|exec \w+ |sudo -u \w+ )({_OF_OURS})", line)
    ]
    lines += [(place, span) for place, span in spans() if re.fullmatch(_OF_OURS, span)]
    return [Shown(place, tuple(shlex.split(line, comments=True))) for place, line in lines]


def statements(block: Block) -> list[str]:
    """The SQL statements of a block."""
    return [statement for statement in re.split(r";.*\n", block.text) if re.sub(r"--.*", "", statement).strip()]


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, as cells; without the row of headings."""
    lines = f"\n{(ROOT / page).read_text()}".partition(f"\n{heading}\n")[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def code(cell: str) -> list[str]:
    """What stands in a cell as code."""
    return re.findall(r"`([^`]+)`", cell)
