"""The values that travel from stage to stage, in the order of the flow.

claim → DueFeed → fetch → Document → parse → ParsedDocument of Entry → recognise → Recognised → normalise → Article
→ dedupe → Placement → schedule → NextPoll → store
"""

from worker.values.articles import Action, Article, Finding, KnownArticle, Placement
from worker.values.entries import (
    Enclosure,
    Entry,
    GuidPolicy,
    GuidRule,
    KeyedEntry,
    Notice,
    ParsedDocument,
    Recognised,
    Sighted,
)
from worker.values.feeds import (
    ClaimedHost,
    Credentials,
    Document,
    DueFeed,
    FeedOptions,
    FeedState,
    Fetched,
    FetchRequest,
    Message,
    NotModified,
    Streak,
    Taken,
    Validators,
)
from worker.values.polls import NextPoll, Outcome, PollRecord, PollResult
from worker.values.schedules import Hints, Move, Rhythm

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
    "FeedState",
    "FetchRequest",
    "Fetched",
    "Finding",
    "GuidPolicy",
    "GuidRule",
    "Hints",
    "KeyedEntry",
    "KnownArticle",
    "Message",
    "Move",
    "NextPoll",
    "NotModified",
    "Notice",
    "Outcome",
    "ParsedDocument",
    "Placement",
    "PollRecord",
    "PollResult",
    "Recognised",
    "Rhythm",
    "Sighted",
    "Streak",
    "Taken",
    "Validators",
]
