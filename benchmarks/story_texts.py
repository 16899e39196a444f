"""Texts to make stories of: the articles of a folder of feed bodies, or invented prose where there is none."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from worker.errors import PollError
from worker.normalise.plain_text import text_of
from worker.normalise.sanitise import sanitise
from worker.parse import ParseLimits, Parser
from worker.values.due_feeds import Document

# What a news article has, in words; longer texts are cut to a length in between.
SHORTEST, LONGEST = 180, 750
# Texts that share more than this part of their runs of so many words are no two texts.
_RUN, _ALIKE = 8, 0.03
_SENTENCE = re.compile(r"(?<=[.!?…]) +")
_FILLER = (
    "the of and to a in that for on with as by at from it was were had has have be been its their which who after "
    "before while when into over under against between through about more than only most some many other new old "
    "first last"
).split()
_STEMS = (
    "harbour council bridge winter market ferry minister report figure school rain budget library inquiry river "
    "station worker price evening theatre museum engineer village election vote strike hospital storm power line "
    "committee doctor farmer coast railway court judge appeal decision week county region glacier senate treaty "
    "border convoy orchard pipeline reactor vaccine satellite merger dividend tariff refinery parliament "
    "ceasefire hostage drought wildfire festival orchestra stadium goalkeeper midfielder umpire cathedral archive "
    "novel painter laboratory genome asteroid battery turbine smelter shipyard warehouse lorry tunnel viaduct "
    "reservoir aquifer wetland heron salmon wheat barley mortgage pension landlord tenant surgeon nurse pupil "
    "headteacher curriculum bishop mosque pilgrim monastery"
).split()
_VERBS = (
    "said told warned agreed refused opened closed delayed promised rejected approved criticised welcomed "
    "measured found carried moved lifted lowered repaired abandoned sold bought hired dismissed questioned "
    "supported opposed expected announced cancelled postponed reviewed signed drafted leaked denied confirmed"
).split()
_NAMES = (
    "Alder Brook Castell Dunmore Ester Farrow Gallen Hadley Iveson Jarrow Kestrel Lindow Marlow Norden Orwell "
    "Pellow Quill Rennick Sollow Tarn Ulver Venn Wexley Yarrow Zennor Amaro Belik Corvo Dravec Elani Fazal Goran "
    "Hanif Ilves"
).split()


@dataclass(frozen=True, slots=True)
class Text:
    """A text: its headline and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def words(self) -> int:
        """How long it is."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)


def sentences_of(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph."""
    return [sentence for sentence in _SENTENCE.split(paragraph) if sentence]


def find_texts(folder: Path | None, count: int, chance: random.Random) -> list[Text]:
    """Return ``count`` texts of the length of news, in an order of chance; invented ones where real ones run out."""
    real = [cut(text, chance.randint(SHORTEST, LONGEST)) for text in unlike(read_texts(folder))] if folder else []
    chance.shuffle(real)
    return [*real[:count], *(made_text(chance) for _ in range(count - len(real)))]


def read_texts(folder: Path) -> Iterator[Text]:
    """Yield the articles of a folder of feed bodies that are long enough, each opening once."""
    parser, seen = Parser(ParseLimits()), set[str]()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            parsed = parser.parse(Document(path.as_uri(), path.read_bytes()))
        except PollError:
            continue
        for entry in parsed.entries:
            html = max(entry.content or "", entry.summary or "", key=len)
            paragraphs = tuple(line.strip() for line in text_of(sanitise(html)).split("\n") if line.strip())
            text = Text(entry.title or " ".join(paragraphs)[:80], paragraphs)
            opening = " ".join(paragraphs)[:200]
            if text.words >= SHORTEST and opening not in seen:
                seen.add(opening)
                yield text
    parser.close()


def unlike(texts: Iterable[Text]) -> Iterator[Text]:
    """Yield the texts that have next to nothing in common with one before: what is alike already has no label."""
    seen: set[int] = set()
    for text in texts:
        words = " ".join(text.paragraphs).lower().split()
        runs = {hash(tuple(words[place : place + _RUN])) for place in range(len(words))}
        if len(runs & seen) <= len(runs) * _ALIKE:
            yield text
        seen |= runs


def cut(text: Text, words: int) -> Text:
    """Return a text up to the paragraph in which it passes so many words."""
    kept: list[str] = []
    for paragraph in text.paragraphs:
        if sum(len(one.split()) for one in kept) >= words:
            break
        kept.append(" ".join(paragraph.split()[:words]))
    return Text(text.title, tuple(kept))


def made_text(chance: random.Random) -> Text:
    """Return an invented text."""
    about = chance.sample(_STEMS, 14)
    names = chance.sample(_NAMES, 4)
    paragraphs = tuple(
        " ".join(made_sentence(chance, about, names) for _ in range(chance.randint(1, 3)))
        for _ in range(chance.randint(9, 24))
    )
    title = " ".join([chance.choice(names), chance.choice(_VERBS), *chance.sample(about, 4)])
    return Text(title, paragraphs)


def made_sentence(chance: random.Random, about: Sequence[str] = (), names: Sequence[str] = ()) -> str:
    """Return an invented sentence of twelve to thirty words, with a name and a number now and then."""
    words = []
    for place in range(chance.randint(12, 30)):
        draw = chance.random()
        if place % 2 or draw < 0.15:
            words.append(chance.choice(_FILLER))
        elif draw < 0.30:
            words.append(chance.choice(names or _NAMES))
        elif draw < 0.40:
            words.append(str(chance.randint(2, 9000)))
        elif draw < 0.60:
            words.append(chance.choice(_VERBS))
        else:
            words.append(chance.choice(about or _STEMS) + chance.choice(["", "s"]))
    sentence = " ".join(words)
    return sentence[0].upper() + sentence[1:] + "."
