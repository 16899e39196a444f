"""The labelled set: texts, their copies under other headlines and in other houses' dress, and decoys."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path

from benchmarks import story_decoys as decoys
from benchmarks.story_copies import KINDS
from benchmarks.story_texts import Text, find_texts, made_sentence, made_text

_BEGAN = datetime.fromisoformat("2026-11-02T00:00:00+00:00")
_DAYS = 10
_AGENCIES = ("Reuters", "AP", "AFP", "ANI", "dpa")
_HEADERS = ("By our staff", "Photo: handout", "Published today", "Listen to this article", "Exclusive for subscribers")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article of the set: what it says, where, when, which story it truly is of, and which kind of thing it is."""

    story: int
    kind: str
    outlet: str
    arrives_at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """A house and what it prints around everything."""

    domain: str
    header: tuple[str, ...]
    footer: tuple[str, ...]
    agency: str


@dataclass(frozen=True, slots=True)
class Making:
    """What the set is made of."""

    told: list[Text]
    fresh: Iterator[Text]
    outlets: list[Outlet]
    numbers: Iterator[int]
    chance: random.Random

    def printed(self, kind: str, text: Text, house: Outlet, arrives_at: datetime) -> Labelled:
        """Return a text as a story of its own."""
        return _printed(next(self.numbers), kind, text, house, arrives_at)

    def house(self) -> Outlet:
        """Return any outlet."""
        return self.chance.choice(self.outlets)

    def some_time(self) -> datetime:
        """Return any moment."""
        return _BEGAN + timedelta(days=self.chance.uniform(0, _DAYS))

    def after(self, place: int, least: float, most: float) -> datetime:
        """Return a moment so many hours after the story at ``place`` was first told."""
        return _BEGAN + timedelta(days=_DAYS * place / len(self.told), hours=self.chance.uniform(least, most))


def make_set(folder: Path | None, stories: int, seed: int) -> list[Labelled]:
    """Return the set in the order of arrival."""
    chance = random.Random(seed)
    texts = find_texts(folder, stories * 2, chance)
    outlets = [_outlet(number, chance) for number in range(24)]
    making = Making(texts[:stories], iter(texts[stories:]), outlets, count(), chance)
    made = [make(making) for make in (_copies, _forms, _follow_ups, _digests, _briefs, _quotations)]
    return sorted((one for some in made for one in some), key=lambda labelled: labelled.arrives_at)


def _outlet(number: int, chance: random.Random) -> Outlet:
    footer = tuple(made_sentence(chance) for _ in range(chance.randint(0, 3)))
    header = tuple(chance.sample(_HEADERS, chance.randint(0, 1)))
    if chance.random() < 0.2:
        header = (*header, made_sentence(chance))
    return Outlet(f"outlet-{number}.example", header, footer, chance.choice(_AGENCIES))


def _copies(making: Making) -> Iterator[Labelled]:
    chance = making.chance
    for place, text in enumerate(making.told):
        story = next(making.numbers)
        kinds = chance.sample([*KINDS, "exact"], chance.randint(1, 6)) if chance.random() < 0.75 else []
        houses = chance.sample(making.outlets, len(kinds) + 1)
        first = _dressed(text, houses[0], chance)
        yield _printed(story, "original", first, houses[0], making.after(place, 0, 0))
        for kind, house in zip(kinds, houses[1:], strict=True):
            copy = KINDS[kind](text, chance)
            title = copy.title if kind == "rewrite" or chance.random() < 0.3 else made_sentence(chance)[:70]
            dressed = _dressed(replace(copy, title=title), house, chance)
            yield _printed(story, kind, dressed, house, making.after(place, -2, 40))


def _forms(making: Making) -> Iterator[Labelled]:
    for _ in range(len(making.told) // 10):
        form, own = decoys.make_form(making.chance), making.house()
        for _ in range(making.chance.randint(6, 12)):
            # Agencies send some forms to everybody.
            house = own if making.chance.random() < 0.6 else making.house()
            yield making.printed("template", decoys.fill_in(form, making.chance), house, making.some_time())


def _follow_ups(making: Making) -> Iterator[Labelled]:
    stories = len(making.told)
    for place in making.chance.sample(range(stories), stories // 4):
        made = decoys.follow_up(making.told[place], next(making.fresh), making.chance)
        yield making.printed("follow-up", made, making.house(), making.after(place, 10, 60))


def _digests(making: Making) -> Iterator[Labelled]:
    for place in range(0, len(making.told) - 8, 12):
        # Of one day's stories, at its end.
        size = making.chance.randint(4, 8)
        made = decoys.digest(making.told[place : place + size], making.chance)
        yield making.printed("digest", made, making.house(), making.after(place + size, 2, 12))


def _briefs(making: Making) -> Iterator[Labelled]:
    for footer in islice(decoys.make_footers(making.chance), len(making.told) // 20):
        house = making.house()
        for _ in range(making.chance.randint(5, 10)):
            yield making.printed("brief", decoys.brief(footer, making.chance), house, making.some_time())


def _quotations(making: Making) -> Iterator[Labelled]:
    for _ in range(len(making.told) // 15):
        document = made_text(making.chance)
        for own in islice(making.fresh, 3):
            made = decoys.quotation(document, own, making.chance)
            yield making.printed("quotation", made, making.house(), making.some_time())


def _dressed(text: Text, house: Outlet, chance: random.Random) -> Text:
    """Return a text in its house's dress: dateline and lines above and below."""
    first, *rest = text.paragraphs or ("",)
    if chance.random() < 0.6:
        place = chance.choice(["LONDON", "GENEVA", "NAIROBI", "SEOUL", "LIMA"])
        first = f"{place}, Nov. {chance.randint(1, 30)} ({house.agency}) - {first}"
    signed = (f"({house.agency})",) if chance.random() < 0.3 else ()
    return Text(text.title, (*house.header, first, *rest, *signed, *house.footer))


def _printed(story: int, kind: str, text: Text, house: Outlet, arrives_at: datetime) -> Labelled:
    return Labelled(story, kind, house.domain, arrives_at, text.title, "\n\n".join(text.paragraphs))
