"""Invented texts: headlines and paragraphs of a matter, and the same as other desks print them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from scripts.demo_store import english
from scripts.demo_store.tongues import TONGUES

_TEXT_OF_A_DESK = 0.5


@dataclass(frozen=True, slots=True)
class Text:
    """What an entry says."""

    title: str
    paragraphs: tuple[str, ...]
    tags: tuple[str, ...] = ()
    place: str = ""
    slug: str = ""
    """Of an agency's dispatch."""
    titles: tuple[str, ...] = ()
    """The headlines that other desks give it."""


def write_english(chance: Random, subject: str = "", places: Sequence[str] = english.OWN_PLACES) -> Text:
    """Write an article in English, of something that took place in one of ``places``."""
    subject = subject or chance.choice(list(english.MATTERS))
    titles, sentences = english.MATTERS[subject]
    # One place, firm and street throughout; names and numbers are drawn for each sentence, but for the headlines', which
    # are the first sentence's.
    fixed = _fix(chance, {"place": places, "firm": english.FIRMS, "street": english.STREETS})
    numbers = _draw(chance)
    headlines = tuple(title.format(**fixed, **numbers) for title in titles)
    told = chance.sample(sentences[1:], chance.randint(4, len(sentences) - 1))
    paragraphs = (sentences[0].format(**fixed, **numbers), *(_fill(each, fixed, chance) for each in told))
    return Text(headlines[0], paragraphs, (subject,), fixed["place"], _slug(subject, fixed["place"], chance), headlines)


def _slug(subject: str, place: str, chance: Random) -> str:
    return f"{place.upper().replace(' ', '-')}-{subject.upper()}/{chance.randint(100, 999)}"


def write_foreign(chance: Random, language: str) -> Text:
    """Write an article in another language."""
    tongue = TONGUES[language]
    fixed = _fix(chance, {"place": tongue.places})
    title = f"{chance.choice(tongue.who)}{tongue.space}{chance.choice(tongue.what)}"
    told = chance.sample(tongue.sentences, chance.randint(3, len(tongue.sentences)))
    return Text(_fill(title, fixed, chance), tuple(_fill(each, fixed, chance) for each in told))


def copy_text(text: Text, chance: Random, outlet: str) -> Text:
    """Return a text as another desk prints it: its own headline, some words of its own, sometimes cut or added to."""
    paragraphs = [_reword(each, chance) for each in text.paragraphs]
    if chance.random() < _TEXT_OF_A_DESK and len(paragraphs) > 4:
        paragraphs = paragraphs[: chance.randint(4, len(paragraphs))]
    if chance.random() < _TEXT_OF_A_DESK:
        line = chance.choice(english.DESK_LINES)
        paragraphs.append(line.format(outlet=outlet, place=chance.choice(english.PLACES)))
    return replace(text, title=chance.choice(text.titles or (text.title,)), paragraphs=tuple(paragraphs))


def edit_text(text: Text, chance: Random) -> Text:
    """Return a text as its own desk edits it later: a sentence reworded, another figure, a paragraph added."""
    paragraphs = list(text.paragraphs)
    place = chance.randrange(len(paragraphs))
    digits = [word for word in paragraphs[place].split() if word.isdigit()]
    if digits:
        paragraphs[place] = paragraphs[place].replace(digits[0], str(int(digits[0]) + chance.randint(1, 9)), 1)
    paragraphs[0] = _reword(paragraphs[0], chance)
    if text.titles:
        paragraphs.append(
            f"This was updated with what {chance.choice(english.FIRST)} {chance.choice(english.LAST)} said."
        )
    return replace(text, paragraphs=tuple(paragraphs))


def _reword(sentence: str, chance: Random) -> str:
    for word, other in english.SWAPS.items():
        if chance.random() < 0.3:
            sentence = sentence.replace(f" {word} ", f" {other} ", 1)
    return sentence


def _fix(chance: Random, kinds: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Choose what stands for the same thing throughout a text."""
    return {kind: chance.choice(words) for kind, words in kinds.items()}


def _fill(sentence: str, fixed: Mapping[str, str], chance: Random) -> str:
    return sentence.format(**fixed, **_draw(chance))


def _draw(chance: Random) -> dict[str, str | int]:
    """Draw a name, a month, and a large, a middling and a small number."""
    return {
        "name": f"{chance.choice(english.FIRST)} {chance.choice(english.LAST)}",
        "month": chance.choice(english.MONTHS),
        "n": chance.randint(110, 980),
        "m": chance.randint(11, 89),
        "k": chance.randint(3, 9),
    }
