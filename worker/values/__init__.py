"""The values that travel from stage to stage, in the order of the flow.

claim → DueFeed → fetch → Document → parse → ParsedDocument of Entry → recognise → Recognised → normalise → Article
→ dedupe → Placement → schedule → NextPoll → store
"""

from worker.values.articles import Action, Article, Finding, KnownArticle, LanguageSource, Placement
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
from worker.values.events import EventKind
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
from worker.values.stories import (
    Block,
    Candidate,
    Copy,
    Grouped,
    Matched,
    Overlap,
    Signature,
    Signed,
    Story,
    WaitingArticle,
)

__all__ = [
    "Action",
    "Article",
    "Block",
    "Candidate",
    "ClaimedHost",
    "Copy",
    "Credentials",
    "Document",
    "DueFeed",
    "Enclosure",
    "Entry",
    "EventKind",
    "FeedOptions",
    "FeedState",
    "FetchRequest",
    "Fetched",
    "Finding",
    "Grouped",
    "GuidPolicy",
    "GuidRule",
    "Hints",
    "KeyedEntry",
    "KnownArticle",
    "LanguageSource",
    "Matched",
    "Message",
    "Move",
    "NextPoll",
    "NotModified",
    "Notice",
    "Outcome",
    "Overlap",
    "ParsedDocument",
    "Placement",
    "PollRecord",
    "PollResult",
    "Recognised",
    "Rhythm",
    "Sighted",
    "Signature",
    "Signed",
    "Story",
    "Streak",
    "Taken",
    "Validators",
    "WaitingArticle",
]
