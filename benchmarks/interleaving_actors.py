"""The actors of the interleavings, as the store knows them: polls and files by the steps that a worker takes them.

A poll is claimed, begun, prepared, stored and given back, each in a step of its own; so is a file found and stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection, Engine, update

from benchmarks.interleaving_folder import File
from benchmarks.interleaving_model import Poll, Reading
from benchmarks.interleaving_publisher import Body
from worker.claim import ClaimTerms, claim_due_hosts
from worker.database.conflicts import write
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.seed_files import find_seed_file
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.pipeline.answered import Answered, conclude_failure, conclude_unchanged, hash_body
from worker.pipeline.conclude import PreparedDocument, prepare_document, store_documents, store_prepared, store_results
from worker.schedule import Bounds
from worker.seeds.ownership import find_owner
from worker.seeds.said_at import is_wire, said_at
from worker.store import HostRelease
from worker.values import (
    ClaimedHost,
    Document,
    DueFeed,
    Fetched,
    FetchRequest,
    NotModified,
    ParsedDocument,
    PollResult,
    Validators,
)

BOUNDS = Bounds(timedelta(hours=1), timedelta(minutes=15), timedelta(days=1))
LEASE = timedelta(seconds=90)
TERMS = ClaimTerms(lease=LEASE, gap=timedelta(0), parallel=1, hosts=1, feeds_per_host=5)
_NO_TIME = timedelta(0)


@dataclass
class Task:
    """One document, answer or failure on its way into the store."""

    answered: Answered
    reading: Reading | None
    """What it says; None for a failure."""
    parsed: ParsedDocument | None = None
    """None where nothing had to be read."""
    prepared: PreparedDocument | None = None
    file: File | None = None
    error: PollError | None = None

    @property
    def feed_id(self) -> int:
        """The feed that it is of."""
        return self.answered.feed.feed_id

    @property
    def poll(self) -> Poll:
        """What the model is told of how it ended."""
        feed, answer = self.answered.feed, self.answered.fetched.answer
        etag = getattr(answer, "validators", Validators()).etag
        body_hash = feed.body_hash
        if self.parsed and isinstance(answer, Document):
            body_hash = hash_body(answer)
        return Poll(
            feed_id=feed.feed_id,
            host_id=feed.host_id,
            token=self.answered.token,
            instructions=feed.instructions,
            started_at=self.answered.started_at,
            edition=feed.edition,
            etag=etag,
            body_hash=body_hash,
            is_document=self.parsed is not None,
            is_failure=self.error is not None,
            is_gone=self.error is not None and self.error.error_class is ErrorClass.HTTP_410,
        )

    def prepare(self, engine: Engine, now: datetime) -> None:
        """Find out what is new in a document, before anything is locked."""
        assert self.parsed, "only a document is prepared"
        with reading(engine) as connection:
            self.prepared = prepare_document(connection, self.answered, self.parsed, now, None)

    def store(self, engine: Engine, now: datetime) -> None:
        """Write it from the beginning, as often as others get in its way."""
        if self.parsed:
            store_documents(engine, [(self.answered, self.parsed)], now)
        else:
            store_results(engine, [self.result(now)], [], now)

    def result(self, now: datetime) -> PollResult:
        """Return what it writes where it brought no document."""
        if self.error:
            return conclude_failure(self.answered, self.error, now)
        return conclude_unchanged(self.answered, now)


@dataclass
class Visit:
    """A claimed host, and what has been read of its feeds."""

    host: ClaimedHost
    claimed_at: datetime
    waiting: list[DueFeed]
    tasks: list[Task] = field(default_factory=list)
    stored: list[Task] = field(default_factory=list)

    def begin(self, body: Body, now: datetime, random: Random) -> Task:
        """Ask the host for its next feed."""
        feed = self.waiting.pop(0)
        document = Document(feed.url, body.content, validators=Validators(etag=body.etag))
        answer: Document | NotModified | PollError = document
        if feed.validators.etag == body.etag and random.random() < 0.5:  # noqa: PLR2004
            answer = NotModified(Validators(etag=body.etag))
        error = _fail(random)
        fetched = Fetched(FetchRequest(feed.feed_id, feed.url), error or answer, _NO_TIME, http_status=200)
        answered = Answered(feed, self.host.token, now, fetched, BOUNDS)
        is_unread = isinstance(answer, NotModified) or hash_body(document) == feed.body_hash
        task = Task(
            answered,
            None if error else Reading(feed.feed_id, body.entries, now, now, is_newest=True),
            None if error or is_unread else body.parsed(),
            error=error,
        )
        self.tasks.append(task)
        return task

    def give_back(self, engine: Engine, now: datetime) -> None:
        """End the lease, if it is still ours."""
        store_results(engine, [], [HostRelease(self.host.host_id, self.host.token, now, 0)], now)


def _fail(random: Random) -> PollError | None:
    chance = random.random()
    if chance < 0.01:  # noqa: PLR2004
        return PermanentError(ErrorClass.HTTP_410, "the host answers 410", http_status=410)
    return TransientError(ErrorClass.HTTP_5XX, "the host answers 500", http_status=500) if chance < 0.08 else None  # noqa: PLR2004


def claim(engine: Engine, now: datetime) -> Visit | None:
    """Claim a host whose feeds are due by now, whenever they were to be due."""

    def work(connection: Connection) -> list[ClaimedHost]:
        _hurry(connection, now)
        hosts = claim_due_hosts(connection, now, TERMS)
        # Nobody here dies of a feed.
        connection.execute(update(ScheduleRow).values(claim_attempts=0))
        connection.execute(update(HostRow).values(isolated=False))
        return hosts

    hosts = write(engine, work)
    return Visit(hosts[0], now, list(hosts[0].feeds)) if hosts else None


def _hurry(connection: Connection, now: datetime) -> None:
    """Make all feeds due that are to be polled at all, as if time had passed."""
    is_polled = ScheduleRow.next_poll_at.is_not(None), ScheduleRow.next_poll_at > now
    connection.execute(update(ScheduleRow).where(*is_polled).values(next_poll_at=now))
    is_free = HostRow.lease_until.is_(None) | (HostRow.lease_until <= now)
    connection.execute(update(HostRow).where(HostRow.claimable_at.is_not(None), is_free).values(claimable_at=now))


def store_together(engine: Engine, tasks: Sequence[Task], now: datetime) -> None:
    """Write what was prepared in one commit; StaleDecisionError where that does not hold any more."""
    with writing(engine) as connection:
        store_prepared(connection, [task.prepared for task in tasks if task.prepared], now)


def find_file(engine: Engine, file: File, now: datetime) -> tuple[Task, bool] | None:
    """Read a file and find whose document it is, as ``worker.ingest`` does; None where it has been read as it is.

    Also whether its feed was not known before.
    """
    document, parsed = Document(file.uri, file.body.content), file.body.parsed()
    with reading(engine) as connection:
        known = find_seed_file(connection, file.uri)
    if known and known.body_hash == hash_body(document):
        return None
    feed, is_new = write(engine, lambda connection: find_owner(connection, now, document, parsed, file.name))
    made_at = said_at(parsed, file.written_at, now, is_known=known is not None)
    answered = Answered(
        feed,
        None,
        now,
        Fetched(FetchRequest(feed.feed_id, feed.url), document, _NO_TIME),
        BOUNDS,
        said_at=made_at,
        path=file.name if is_wire(parsed) else None,
        seed_uri=file.uri,
    )
    read = Reading(feed.feed_id, file.body.entries, made_at, now, is_newest=False)
    # A saved document was read when it was saved.
    read = replace(read, read_at=made_at) if feed.host_id else read
    return Task(answered, read, parsed, file=file), is_new
