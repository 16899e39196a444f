"""Copies of a text as other desks print it: whole, edited, rewritten, cut short."""

import random
from collections.abc import Callable, Mapping

from benchmarks.story_texts import Text, made_sentence, sentences_of

_SUBSTITUTES = (
    "also just now however later meanwhile reportedly officials authorities local people area country nearly around "
    "roughly several major key further recent large small said stated noted added told yesterday today"
).split()


def exact(text: Text, chance: random.Random) -> Text:  # noqa: ARG001 -- one of a table
    """Copy word for word."""
    return text


def light(text: Text, chance: random.Random) -> Text:
    """Edit a word here and there, with the house's own quotation marks."""
    curly = {"'": "’", " - ": " – "}
    edited = _each_sentence(text, lambda sentence: edit(sentence, 1, chance) if chance.random() < 0.08 else sentence)
    return _each_sentence(edited, lambda sentence: _swapped(sentence, curly))


def medium(text: Text, chance: random.Random) -> Text:
    """Edit a quarter of the sentences, and leave some out."""

    def change(sentence: str) -> str:
        draw = chance.random()
        return "" if draw < 0.08 else edit(sentence, 2, chance) if draw < 0.30 else sentence

    return _each_sentence(text, change, keep_first=True)


def heavy(text: Text, chance: random.Random) -> Text:
    """Edit half of the sentences, leave some out, add some, and turn two paragraphs round."""

    def change(sentence: str) -> str:
        draw = chance.random()
        if draw < 0.15:
            return ""
        if draw < 0.42:
            return edit(sentence, 3, chance)
        return f"{sentence} {made_sentence(chance)}" if draw < 0.50 else sentence

    paragraphs = list(_each_sentence(text, change).paragraphs)
    if len(paragraphs) > 4:
        place = chance.randint(2, len(paragraphs) - 2)
        paragraphs[place], paragraphs[place + 1] = paragraphs[place + 1], paragraphs[place]
    return Text(text.title, tuple(paragraphs))


def rewrite(text: Text, chance: random.Random) -> Text:
    """Put half of the sentences in other words; facts, order and most of the headline stay."""
    rewritten = _each_sentence(text, lambda sentence: reword(sentence, chance) if chance.random() < 0.5 else sentence)
    return Text(edit(text.title, 1, chance), rewritten.paragraphs)


def lede(text: Text, chance: random.Random) -> Text:
    """Keep the first 40 to 90 words, up to a sentence's end."""
    return _opening(text, chance.randint(40, 90))


def cut_short(text: Text, chance: random.Random) -> Text:
    """Keep the first third to two thirds."""
    return _opening(text, round(text.words * chance.uniform(0.33, 0.66)))


def summary(text: Text, chance: random.Random) -> Text:
    """Keep the first 30 to 50 words, broken off as feeds do."""
    words = " ".join(text.paragraphs).split()[: chance.randint(30, 50)]
    return Text(text.title, (" ".join(words) + chance.choice(["…", " [...]", "..."]),))


KINDS: Mapping[str, Callable[[Text, random.Random], Text]] = {
    "exact": exact,
    "light": light,
    "medium": medium,
    "heavy": heavy,
    "rewrite": rewrite,
    "lede": lede,
    "cut": cut_short,
    "summary": summary,
}
TRUNCATED = ("lede", "cut", "summary")


def edit(sentence: str, times: int, chance: random.Random) -> str:
    """Return a sentence with so many words replaced, added or left out."""
    words = sentence.split()
    for _ in range(times):
        place = chance.randrange(len(words)) if words else 0
        draw = chance.random()
        if draw < 0.5 and words:
            words[place] = chance.choice(_SUBSTITUTES)
        elif draw < 0.8 or len(words) < 4:
            words.insert(place, chance.choice(_SUBSTITUTES))
        else:
            del words[place]
    return " ".join(words)


def reword(sentence: str, chance: random.Random) -> str:
    """Return a sentence of which hardly five words in a row are left, its names and numbers kept."""
    words = sentence.split()
    place = chance.randint(1, 3)
    while place < len(words):
        if words[place].islower():
            words[place] = chance.choice(_SUBSTITUTES)
        else:
            words.insert(place, chance.choice(_SUBSTITUTES))
        place += chance.randint(3, 6)
    return " ".join(words)


def _each_sentence(text: Text, change: Callable[[str], str], *, keep_first: bool = False) -> Text:
    paragraphs = []
    for number, paragraph in enumerate(text.paragraphs):
        if keep_first and number == 0:
            paragraphs.append(paragraph)
        elif changed := " ".join(filter(None, map(change, sentences_of(paragraph)))):
            paragraphs.append(changed)
    return Text(text.title, tuple(paragraphs))


def _opening(text: Text, words: int) -> Text:
    kept: list[str] = []
    for paragraph in text.paragraphs:
        told: list[str] = []
        for sentence in sentences_of(paragraph):
            if sum(len(one.split()) for one in (*kept, *told)) >= words:
                break
            told.append(sentence)
        if told:
            kept.append(" ".join(told))
    return Text(text.title, tuple(kept))


def _swapped(sentence: str, swaps: Mapping[str, str]) -> str:
    for old, new in swaps.items():
        sentence = sentence.replace(old, new)
    return sentence
