"""What each of the demo store's outlets publishes and when, and what its feed lists at a moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random

from scripts.demo_store import english
from scripts.demo_store.hostile import FRAGMENTS
from scripts.demo_store.outlets import OUTLETS, Outlet, Trait
from scripts.demo_store.texts import Text, copy_text, edit_text, write_english, write_foreign

SPAN = timedelta(days=14)
"""So long ago the store was made."""
BEFORE = timedelta(days=4)
"""So long before that its outlets began to publish."""
# Where the outlets are it is always a Thursday afternoon: pictures of the store look alike whenever it is made.
_PRESENT = datetime(2026, 11, 26, 15, 40, tzinfo=UTC)
_HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 8, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_WEEKEND = 0.45
_AGENCIES = ("Reuters", "AP", "AFP")
_REVISED, _TAKEN = 0.14, 0.36
_NOTICES = {"KILL": 0.05, "CORRECTED": 0.14, "UPDATE 1": 0.26}
"""How many of a hundred dispatches are followed by one: each share has those before it in it."""
_WINDOW, _SHORT_WINDOW = 10, 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, with its versions; the last one that had appeared is listed."""

    number: int
    versions: tuple[tuple[datetime, Text], ...]
    author: str = ""

    @property
    def at(self) -> datetime:
        """When it appeared."""
        return self.versions[0][0]

    def show(self, at: datetime) -> tuple[datetime, Text]:
        """Return the version that is listed at a moment, and when it was made."""
        return [each for each in self.versions if each[0] <= at][-1]


@dataclass(frozen=True, slots=True)
class Published:
    """All that an outlet publishes, in order."""

    outlet: Outlet
    entries: tuple[Entry, ...]

    def list_entries(self, at: datetime) -> Sequence[Entry]:
        """Return what its document has at a moment, the newest first."""
        there = [each for each in self.entries if each.at <= at]
        window = _SHORT_WINDOW if self.outlet.trait is Trait.GAPPED else _WINDOW
        return there[-window:][::-1]

    def list_older(self, at: datetime) -> Sequence[Entry]:
        """Return what its archive has at a moment: what came before its document's entries."""
        there = [each for each in self.entries if each.at <= at]
        return there[-4 * _WINDOW : -_SHORT_WINDOW][::-1]


def publish(now: datetime, seed: int) -> Iterator[Published]:
    """Yield what each outlet publishes until ``now``; those that take the agency's copy print it with words of theirs."""
    wire: list[Entry] = []
    for outlet in OUTLETS:
        chance = Random(f"{seed} {outlet.url}")
        moments = list(_draw_moments(outlet, now, chance))
        if outlet.trait is Trait.WIRE:
            wire = [*_write_wire(moments, chance)]
            yield Published(outlet, _number(wire))
            continue
        entries = [_write_own(outlet, at, place, chance) for place, at in enumerate(moments)]
        copied = _take_copy(outlet, wire, now, chance) if outlet.copies else []
        yield Published(outlet, _number([*entries, *copied]))


def _number(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    ordered = sorted(entries, key=lambda each: each.at)
    return tuple(replace(each, number=number) for number, each in enumerate(ordered, start=1))


def _draw_moments(outlet: Outlet, now: datetime, chance: Random) -> Iterator[datetime]:
    began = now - SPAN
    at, ends = began - BEFORE, now
    if outlet.trait is Trait.SILENT:
        ends = began + timedelta(days=6)
    while at < ends:
        hour, local = at.replace(minute=0, second=0, microsecond=0), _PRESENT - (now - at)
        share = 24 * _HOURS[local.hour] / sum(_HOURS) * (_WEEKEND if local.weekday() > 4 else 1.15)
        rate = (
            0.7 * outlet.a_day * share * (30 if outlet.trait is Trait.SPAMMY and now - at < timedelta(hours=30) else 1)
        )
        if outlet.trait is Trait.GAPPED and local.weekday() > 4 and local.hour == 17:
            rate = 24 * 16
        count = int(rate / 24) + (chance.random() < rate / 24 % 1)
        yield from sorted(hour + timedelta(seconds=chance.randrange(3600)) for _ in range(count))
        at += timedelta(hours=1)


def _write_wire(moments: Sequence[datetime], chance: Random) -> Iterator[Entry]:
    # No two dispatches are of one matter in one place: they might be taken for one story.
    matters = [(subject, place) for subject in english.MATTERS for place in english.PLACES]
    chance.shuffle(matters)
    for at, (subject, place) in zip(moments, cycle(matters), strict=False):
        text = write_english(chance, subject, [place])
        agency = chance.choice(_AGENCIES)
        dateline = f"{text.place.upper()}, {at:%b} {at.day} ({agency}) - "
        sent = replace(text, paragraphs=(f"{dateline}{text.paragraphs[0]}", *text.paragraphs[1:]))
        yield Entry(0, ((at, sent),), agency)
        draw, later = chance.random(), at + timedelta(minutes=chance.randint(25, 200))
        for notice, share in _NOTICES.items():
            if draw < share:
                yield Entry(0, ((later, _as_notice(sent, notice, chance)),), agency)
                break


def _as_notice(sent: Text, notice: str, chance: Random) -> Text:
    title = f"{notice}-{sent.title}"
    if notice == "KILL":
        words = (f"Please kill the story slugged {sent.slug}. It was sent in error.", "No substitute will be sent.")
        return replace(sent, title=title, paragraphs=words)
    return replace(edit_text(sent, chance), title=title)


def _take_copy(outlet: Outlet, wire: Sequence[Entry], now: datetime, chance: Random) -> Iterator[Entry]:
    for sent in wire:
        at = sent.at + timedelta(minutes=chance.randint(4, 240))
        is_first = not sent.versions[0][1].title.startswith(tuple(f"{notice}-" for notice in _NOTICES))
        if at < now and is_first and chance.random() < _TAKEN and outlet.trait is not Trait.SILENT:
            text = copy_text(sent.versions[0][1], chance, outlet.name)
            yield Entry(0, ((at, text), *_revise(text, at, now, chance)), chance.choice(("", sent.author)))


def _write_own(outlet: Outlet, at: datetime, place: int, chance: Random) -> Entry:
    if outlet.trait is Trait.HOSTILE:
        title, html = FRAGMENTS[place % len(FRAGMENTS)]
        return Entry(0, ((at, Text(title, (html,), ("Tests",))),))
    if outlet.language != "en":
        text = write_foreign(chance, outlet.language)
    else:
        subject = {"Weather": "weather", "Sport": "sport", "Science": "science", "Business": "business"}.get(
            outlet.tags[0], ""
        )
        text = write_english(chance, subject)
    author = f"{text.paragraphs[-1].split()[0]}" if outlet.trait is Trait.NEW else ""
    return Entry(0, ((at, text), *_revise(text, at, at + SPAN, chance)), author)


def _revise(text: Text, at: datetime, now: datetime, chance: Random) -> Iterator[tuple[datetime, Text]]:
    later = at + timedelta(minutes=chance.randint(40, 500))
    if chance.random() < _REVISED and later < now:
        yield later, edit_text(text, chance)
