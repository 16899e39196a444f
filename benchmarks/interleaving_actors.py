"""The actors of the interleavings, as the store knows them: polls and files by the steps that a worker takes them.

A poll is claimed, begun, prepared, stored and given back, each in a step of its own; so is a file found and stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection, Engine, select, update

from benchmarks.interleaving_folder import File
from benchmarks.interleaving_model import Model, Poll, Reading
from benchmarks.interleaving_publisher import Body
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.conflicts import write
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.locks import HostRelease
from worker.database.seed_files import find_seed_states
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.pipeline.conclude import store_documents, store_prepared, store_results
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import Answered, conclude_failure, conclude_unchanged, hash_body
from worker.seeds.owners import date_content, find_owner, is_wire
from worker.values.due_feeds import ClaimedHost, Document, DueFeed, Fetched, FetchRequest, NotModified, Validators
from worker.values.entries import ParsedDocument
from worker.values.schedules import Bounds
from worker.values.seed_states import SeedState

BOUNDS = Bounds(timedelta(hours=1), timedelta(minutes=15), timedelta(days=1))
LEASE = timedelta(seconds=90)
TERMS = ClaimTerms(lease=LEASE, gap=timedelta(0), parallel=1, hosts=1, feeds_per_host=5)
_NO_TIME = timedelta(0)


@dataclass
class Task:
    """One answer on its way into the store."""

    answered: Answered
    reading: Reading | None = None
    """What it says; None for a failure."""
    parsed: ParsedDocument | None = None
    """None where nothing had to be read."""
    prepared: PreparedDocument | None = None
    file: File | None = None

    def __str__(self) -> str:
        error = self.answered.fetched.answer
        if self.reading is None:
            return f"{self.feed_id}, {error}"
        said = [f"{entry.guid} {entry.title} {entry.text[:6]} {entry.version or ''}" for entry in self.reading.entries]
        how = "" if self.parsed else ", as before"
        place = f" of {self.file.uri}" if self.file else ""
        return f"{self.feed_id}{place}, read {self.reading.read_at:%H:%M:%S.%f}{how}: {said}"

    @property
    def feed_id(self) -> int:
        """The feed that it is of."""
        return self.answered.feed.feed_id

    @property
    def poll(self) -> Poll:
        """What the model is told of how it ended."""
        feed, answer = self.answered.feed, self.answered.fetched.answer
        error = answer if isinstance(answer, PollError) else None
        return Poll(
            feed_id=feed.feed_id,
            host_id=feed.host_id,
            token=self.answered.token,
            instructions=feed.instructions,
            edition=feed.edition,
            started_at=self.answered.started_at,
            read_at=self.reading.read_at if self.reading else self.answered.started_at,
            etag=answer.validators.etag if isinstance(answer, Document | NotModified) else None,
            body_hash=hash_body(answer) if isinstance(answer, Document) else feed.body_hash,
            is_document=self.parsed is not None,
            is_failure=error is not None,
            is_gone=error is not None and error.error_class is ErrorClass.HTTP_410,
        )

    def is_stale(self, model: Model) -> bool:
        """Say whether documents of its feed were stored since it was prepared."""
        feed = model.feeds.get(self.feed_id)
        return feed is not None and (self.prepared is None or self.prepared.edition != feed.edition)

    def prepare(self, engine: Engine, now: datetime) -> None:
        """Find out what is new in a document, before anything is locked."""
        assert self.parsed, "only a document is prepared"
        with reading(engine) as connection:
            (self.prepared,) = prepare_documents(connection, [(self.answered, self.parsed)], now, None)

    def store(self, engine: Engine, now: datetime) -> None:
        """Write it from the beginning, as often as others get in its way."""
        answer = self.answered.fetched.answer
        if self.parsed:
            store_documents(engine, [(self.answered, self.parsed)], now)
        elif isinstance(answer, PollError):
            store_results(engine, [conclude_failure(self.answered, answer, now)], [], now)
        else:
            store_results(engine, [conclude_unchanged(self.answered, now)], [], now)


@dataclass
class Visit:
    """A claimed host, and what has been read of its feeds."""

    host: ClaimedHost
    claimed_at: datetime
    waiting: list[DueFeed]
    tasks: list[Task] = field(default_factory=list)
    is_frozen: bool = False

    def begin(self, body: Body, now: datetime, random: Random) -> Task:
        """Ask the host for its next feed, which has this document; now and then the host fails."""
        feed = self.waiting.pop(0)
        answer = _answer(feed, body, random)
        answered = Answered(
            feed, self.host.token, now, Fetched(FetchRequest(feed.feed_id, feed.url), answer, _NO_TIME), BOUNDS
        )
        task = Task(answered)
        if not isinstance(answer, PollError):
            task.reading = Reading(feed.feed_id, body.entries, now, now)
            is_read = isinstance(answer, Document) and hash_body(answer) != feed.body_hash
            task.parsed = body.parsed() if is_read else None
        return task

    def give_back(self, engine: Engine, now: datetime) -> None:
        """End the lease, if it is still ours."""
        store_results(engine, [], [HostRelease(self.host.host_id, self.host.token, now)], now)


def _answer(feed: DueFeed, body: Body, random: Random) -> Document | NotModified | PollError:
    chance = random.random()
    if chance < 0.004:
        return PermanentError(ErrorClass.HTTP_410, "the host answers 410", http_status=410)
    if chance < 0.06:
        return TransientError(ErrorClass.HTTP_5XX, "the host answers 500", http_status=500)
    validators = Validators(etag=body.etag)
    if feed.validators.etag == body.etag and chance < 0.5:
        return NotModified(validators)
    return Document(feed.url, body.content, validators=validators)


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
    connection.execute(update(ScheduleRow).where(ScheduleRow.next_poll_at > now).values(next_poll_at=now))
    is_free = HostRow.lease_until.is_(None) | (HostRow.lease_until <= now)
    hosts = connection.execute(select(HostRow.id).where(HostRow.claimable_at.is_not(None), is_free)).scalars()
    # Of hosts that are due at one moment any may be claimed, and the same seed would lead elsewhere.
    for host in hosts.all():
        due = now - timedelta(microseconds=host)
        connection.execute(update(HostRow).where(HostRow.id == host).values(claimable_at=due))


def store_together(engine: Engine, tasks: Sequence[Task], now: datetime) -> None:
    """Write what was prepared in one commit; StaleDecisionError where that does not hold any more."""
    with writing(engine) as connection:
        store_prepared(connection, [task.prepared for task in tasks if task.prepared], now)


def find_file(engine: Engine, file: File, now: datetime) -> Task | None:
    """Read a file and find whose document it is, as ``seeds.ingest`` does; None where it has been read as it is."""
    document, parsed = Document(file.uri, file.body.content), file.body.parsed()
    with reading(engine) as connection:
        known = find_seed_states(connection, [file.uri]).get(file.uri)
    state = SeedState(hash_body(document))
    if state.is_unchanged_from(known):
        return None
    feed, _ = write(engine, lambda connection: find_owner(connection, now, document, parsed, file.name))
    made_at = date_content(parsed, file.written_at, now, is_known=known is not None)
    answered = Answered(
        feed,
        None,
        now,
        Fetched(FetchRequest(feed.feed_id, feed.url), document, _NO_TIME),
        BOUNDS,
        said_at=made_at,
        path=file.name if is_wire(parsed) else None,
        seed_uri=file.uri,
        seed_state=state,
    )
    is_saved = feed.host_id is not None
    # A saved document was read when it was made, whenever it is found.
    expected_at = file.said_at(now, is_known=known is not None)
    read_at = expected_at if is_saved else now
    return Task(answered, Reading(feed.feed_id, file.body.entries, expected_at, read_at, is_saved), parsed, file=file)


def tell(model: Model, *tasks: Task) -> None:
    """Tell a model of documents that were stored together."""
    model.read(
        *(
            replace(task.reading, is_newest=task.poll.host_id is not None and model.holds_lease(task.poll))
            for task in tasks
            if task.reading and model.is_telling(task.poll)
        )
    )
    for task in tasks:
        model.conclude(task.poll)
