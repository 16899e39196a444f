"""What looks like a copy and is none: forms filled in anew, follow-ups, digests, briefs, quotations of one document."""

import random
from collections.abc import Iterator, Sequence

from benchmarks.story_copies import lede
from benchmarks.story_texts import Text, cut, made_sentence, sentences_of

_PLACES = (
    "Alderby Brockton Carrow Denholm Eastfield Farleigh Grantham Holt Ibsley Jarrow Kelso Larkhill Mossley "
    "Northam Oxley Pelton Quarley Redcar Selby Thirsk Upton Varley Wexford Yarm"
).split()
_TEAMS = (
    "Rovers United Athletic Wanderers Albion Harriers Rangers Villa County Argyle Thistle Hibernian Olympic "
    "Dynamo Racing"
).split()
_SKIES = "sunny cloudy overcast rainy showery foggy windy stormy bright hazy drizzly snowy frosty mild humid".split()
_COMPANIES = (
    "Amberline Boreal Cardine Delmore Everstone Fenwick Goldray Halden Inverol Jansen Kestra Lumina Mercado "
    "Norvik Ostara"
).split()
_SLOTS = {
    "PLACE": _PLACES,
    "TEAM": _TEAMS,
    "SKY": _SKIES,
    "COMPANY": _COMPANIES,
    "DAY": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
_FORMS = (
    ("weather", "PLACE SKY today SKY tonight highs of NUMBER degrees lows near NUMBER winds up to NUMBER kilometres"),
    (
        "markets",
        "COMPANY shares closed at NUMBER points DAY up NUMBER percent volume of NUMBER against COMPANY at NUMBER",
    ),
    ("results", "TEAM beat TEAM NUMBER NUMBER at PLACE on DAY before NUMBER spectators and moved to NUMBER points"),
    (
        "earnings",
        "COMPANY reported revenue of NUMBER million a margin of NUMBER percent and NUMBER new stores in PLACE",
    ),
    ("line-ups", "TEAM LIST TEAM LIST referee LIST attendance NUMBER"),
    ("departures", "LIST delayed by NUMBER minutes LIST cancelled on DAY PLACE NUMBER"),
    (
        "traffic",
        "PLACE road closed between junctions NUMBER and NUMBER until DAY NUMBER minutes of delay towards PLACE",
    ),
)


def make_form(chance: random.Random) -> tuple[str, list[list[str]]]:
    """Return a form as an outlet fills it in day by day: sentences of fixed words with room for facts."""
    name, slots = chance.choice(_FORMS)
    facts = slots.split()
    sentences = []
    for _ in range(chance.randint(5, 12)):
        fixed = made_sentence(chance).lower().rstrip(".").split()
        fixed = [word for word in fixed if word.isalpha()]
        for fact in ["NUMBER", *chance.sample(facts, chance.randint(0, 2))]:
            fixed.insert(chance.randint(0, len(fixed)), fact)
        sentences.append(fixed)
    return name, sentences


def fill_in(form: tuple[str, list[list[str]]], chance: random.Random) -> Text:
    """Return the form with facts of its own."""
    name, sentences = form
    # Now and then a sentence does not apply.
    told = [words for place, words in enumerate(sentences) if not place or chance.random() < 0.9]
    filled = [_sentence([_fact(word, chance) for word in words]) for words in told]
    half = len(filled) // 2
    return Text(f"{name.capitalize()}: {chance.choice(_PLACES)}", (" ".join(filled[:half]), " ".join(filled[half:])))


def follow_up(text: Text, news: Text, chance: random.Random) -> Text:
    """Return the next day's report: news of its own on top, the background of the first one below."""
    last = round(len(text.paragraphs) * chance.uniform(0.4, 0.7))
    own = Text(news.title, news.paragraphs[: chance.randint(3, 6)])
    background = cut(Text("", text.paragraphs[last:]), own.words)
    return Text(news.title, own.paragraphs + background.paragraphs)


def digest(texts: Sequence[Text], chance: random.Random) -> Text:
    """Return the day's round-up: the ledes of many stories."""
    ledes = tuple(" ".join(lede(text, chance).paragraphs) for text in texts)
    greeting = (made_sentence(chance),) if chance.random() < 0.7 else ()
    return Text("The day in brief", (*greeting, *ledes))


def brief(footer: Sequence[str], chance: random.Random) -> Text:
    """Return a few lines of news above much more of what the outlet says every day."""
    news = " ".join(made_sentence(chance) for _ in range(chance.randint(1, 2)))
    return Text(made_sentence(chance)[:60], (news, *footer))


def quotation(document: Text, own: Text, chance: random.Random) -> Text:
    """Return a report of its own that quotes a document at length."""
    quoted = " ".join(sentence for paragraph in document.paragraphs for sentence in sentences_of(paragraph))
    words = quoted.split()[: chance.randint(90, 200)]
    middle = chance.randint(3, max(3, len(own.paragraphs) - 2))
    quote = (f"“{' '.join(words)}”",)
    return Text(own.title, own.paragraphs[:middle] + quote + own.paragraphs[middle:])


def make_footers(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Yield, without end, what one outlet after the other prints below its briefs."""
    while True:
        yield tuple(" ".join(made_sentence(chance) for _ in range(2)) for _ in range(chance.randint(2, 4)))


def _fact(word: str, chance: random.Random) -> str:
    if word == "NUMBER":
        return str(chance.randint(1, 990))
    if word == "LIST":
        return " ".join(chance.sample(_PLACES, chance.randint(2, 7)))
    return chance.choice(_SLOTS[word]) if word in _SLOTS else word


def _sentence(words: Sequence[str]) -> str:
    joined = " ".join(words)
    return f"{joined[0].upper()}{joined[1:]}."
