"""A story that somebody typed into a form, whose answers a program mails as a JSON object: headline, body, slugline."""

from typing import Any

from worker.basics.field_rules import LONGEST_CONTENT, split_keywords
from worker.basics.json_values import load_json
from worker.dates.reading import find_moment
from worker.errors import PollError
from worker.values.due_feeds import Document
from worker.values.entries import Entry
from worker.wire.datelines import Dateline, read_dateline_alone
from worker.wire.newsroom.newsroom_entry import read_urgency

_LONGEST_PLACE = 60
# How newsrooms call the same question.
_TITLES, _TEXTS = ("headline", "title"), ("body", "story", "text")


def read_form(text: str, sent_at: str | None) -> Entry | None:
    """Return the story that a form's answers are; None for any other text."""
    answers = _read_answers(text)
    body, headline = _first(answers, _TEXTS), _first(answers, _TITLES)
    if not (body and headline):
        return None
    dateline = _read_dateline(answers.get("dateline", ""), sent_at)
    return Entry(
        title=headline,
        has_plain_title=True,
        summary=answers.get("abstract"),
        # Each line of an answer is a paragraph.
        content="\n\n".join(line.strip() for line in body.split("\n") if line.strip()),
        is_plain_text=True,
        authors=tuple(filter(None, [answers.get("byline")])),
        tags=tuple(split_keywords(answers.get("category", ""))),
        slug=_first(answers, ("slugline", "slug")),
        note=_first(answers, ("editor's note", "ednote", "note")),
        urgency=read_urgency(_first(answers, ("urgency", "news value"))),
        dateline_place=dateline.place,
        dateline_date=dateline.filed_on,
        agency=dateline.agency or answers.get("source"),
    )


def _read_answers(text: str) -> dict[str, str]:
    """Return the answers by question in small letters; of several the first that is not empty."""
    if not text.lstrip().startswith("{"):
        return {}
    try:
        form = load_json(Document("", text.encode(), "text/plain; charset=utf-8"))
    except PollError:
        return {}
    if not isinstance(form, dict):
        return {}
    answers = ((str(name).strip().casefold(), _answer(given)) for name, given in form.items())
    return {name: answer for name, answer in answers if answer}


def _answer(given: Any) -> str:
    several = given if isinstance(given, list) else [given]
    texts = (each.strip()[:LONGEST_CONTENT] for each in several if isinstance(each, str))
    return next(filter(None, texts), "")


def _first(answers: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((answers[name] for name in names if name in answers), None)


def _read_dateline(written: str, sent_at: str | None) -> Dateline:
    moment = find_moment(sent_at)
    found = read_dateline_alone(written, moment and moment.date()) if written else None
    return found if found and found.place else Dateline(written if len(written) <= _LONGEST_PLACE else None)
