"""The values that travel from stage to stage, in the order of the flow.

claim → DueFeed → fetch → Document → parse → ParsedDocument of Entry → recognise → Recognised → normalise → Article
→ dedupe → Placement → schedule → NextPoll → store
"""

from worker.values.articles import Action, Article, KnownArticle, Placement
from worker.values.entries import Enclosure, Entry, KeyedEntry, ParsedDocument, Recognised, Sighted
from worker.values.feeds import (
    ClaimedHost,
    Credentials,
    Document,
    DueFeed,
    FeedOptions,
    Fetched,
    FetchRequest,
    NotModified,
    Validators,
)
from worker.values.polls import NextPoll, Outcome, PollRecord, PollResult

__all__ = [
    "Action",
    "Article",
    "ClaimedHost",
    "Credentials",
    "Document",
    "DueFeed",
    "Enclosure",
    "Entry",
    "FeedOptions",
    "FetchRequest",
    "Fetched",
    "KeyedEntry",
    "KnownArticle",
    "NextPoll",
    "NotModified",
    "Outcome",
    "ParsedDocument",
    "Placement",
    "PollRecord",
    "PollResult",
    "Recognised",
    "Sighted",
    "Validators",
]
