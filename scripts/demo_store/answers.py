"""What the demo store's hosts answer at a simulated moment, in the place of the network."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from scripts.demo_store.documents import write_archive, write_document
from scripts.demo_store.outlets import Trait
from scripts.demo_store.publishing import SPAN, Published
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.fetch import HeldHop
from worker.values.due_feeds import Document, Fetched, FetchRequest, NotModified, Validators

_HEAD = 420
"""Bytes of an answer's headers."""
_OFFERS_VALIDATORS = 0.7
_TOO_SLOW, _FAILS = 0.25, 0.2


class Answers:
    """Stands in for ``Transfers``: it answers at once, as the outlets do ``at`` a moment that its owner sets."""

    def __init__(self, published: Mapping[str, Published], now: datetime, seed: int) -> None:
        self.at = now - SPAN
        self._published = published
        self._now = now
        self._chance = Random(f"{seed} answers")
        self._started: list[FetchRequest] = []
        self._documents: dict[tuple[object, ...], tuple[str, bytes]] = {}

    def start(self, request: FetchRequest, **_: object) -> None:
        """Take a request."""
        self._started.append(request)

    def step(self, _wait: timedelta, _held_bytes: int = 0) -> list[Fetched]:
        """Answer all that was asked."""
        started, self._started = self._started, []
        return [self._answer(request) for request in started]

    def take_held(self) -> list[HeldHop]:
        """Return nothing: no redirect leads to another host."""
        return []

    def abandon(self, _feed_id: int) -> None:
        """Do nothing: what is asked is answered."""

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _answer(self, request: FetchRequest) -> Fetched:
        address, _, archive = request.url.partition("?")
        duration = timedelta(seconds=round(self._chance.lognormvariate(-1.5, 0.5), 3))
        if not (published := self._published.get(address)):
            missing = PermanentError(ErrorClass.HTTP_4XX, f"{_host(request.url)} answered 404 (Not Found)", 404)
            return Fetched(request, missing, duration, 404, _HEAD)
        if find_failure := _FAILURES.get(published.outlet.trait):
            failed = find_failure(self, request.url)
            if failed:
                error, seconds = failed
                return Fetched(request, error, timedelta(seconds=seconds), error.http_status, _HEAD)
        if published.outlet.trait is Trait.SLOW:
            duration = timedelta(seconds=round(self._chance.uniform(3, 11), 3))
        return self._serve(request, published, duration, is_archive=bool(archive))

    def _serve(self, request: FetchRequest, published: Published, duration: timedelta, *, is_archive: bool) -> Fetched:
        outlet = published.outlet
        list_entries, write = (
            (published.list_older, write_archive) if is_archive else (published.list_entries, write_document)
        )
        entries = list_entries(self.at)
        listed = (request.url, *(entry.show(self.at)[0] for entry in entries))
        if listed not in self._documents:
            self._documents[listed] = write(outlet, entries, self.at, self._now)
        media_type, body = self._documents[listed]
        offers = Random(outlet.url).random() < _OFFERS_VALIDATORS
        validators = Validators(f'"{hashlib.sha256(body).hexdigest()[:16]}"') if offers else Validators()
        moved = (
            outlet.trait is Trait.MOVED and self._now - self.at < timedelta(days=11) and request.url.startswith("http:")
        )
        moved_to = request.url.replace("http:", "https:") if moved else None
        if validators.etag and validators == request.validators:
            return Fetched(request, NotModified(validators), duration, 304, _HEAD, moved_to=moved_to)
        document = Document(moved_to or request.url, body, media_type, validators)
        return Fetched(request, document, duration, 200, _HEAD + len(body) // 3, moved_to=moved_to)

    def age(self) -> timedelta:
        """Return how long the store has been there."""
        return self.at - (self._now - SPAN)

    def draw(self) -> float:
        """Return a number between 0 and 1."""
        return self._chance.random()


_Failure = tuple[PollError, float]
"""The failure, and after how many seconds it came."""


def _host(url: str) -> str:
    return url.split("/")[2]


def _gone(answers: Answers, url: str) -> _Failure | None:
    error = PermanentError(ErrorClass.HTTP_410, f"{_host(url)} answered 410 (Gone)", 410)
    return (error, 0.2) if answers.age() > timedelta(days=5) else None


def _dead(answers: Answers, url: str) -> _Failure | None:
    error = PermanentError(ErrorClass.HTTP_4XX, f"{_host(url)} answered 404 (Not Found)", 404)
    return (error, 0.2) if answers.age() > timedelta(days=2) else None


def _slow(answers: Answers, url: str) -> _Failure | None:
    error = TransientError(ErrorClass.TIMEOUT, f"{_host(url)} did not answer in full within 30s")
    return (error, 30.0) if answers.draw() < _TOO_SLOW else None


def _refused(answers: Answers, url: str) -> _Failure | None:
    wait = timedelta(hours=12)
    error = TransientError(ErrorClass.HTTP_429, f"{_host(url)} answered 429 (Too Many Requests)", 429, wait)
    return (error, 0.1) if answers.age() > SPAN - timedelta(hours=9) else None


def _unresolved(answers: Answers, url: str) -> _Failure | None:
    error = TransientError(ErrorClass.DNS, f"the name {_host(url)} could not be resolved")
    return (error, 0.4) if answers.age() > timedelta(days=9) else None


def _untrusted(answers: Answers, url: str) -> _Failure | None:
    error = TransientError(ErrorClass.TLS, f"{_host(url)} shows a certificate that has expired")
    return (error, 0.3) if answers.age() > timedelta(days=12) else None


def _walled(answers: Answers, url: str) -> _Failure | None:
    sentence = f"{_host(url)} served an HTML page, not a feed"
    return (PermanentError(ErrorClass.NOT_A_FEED, sentence, 200), 0.5) if answers.age() > timedelta(days=10) else None


def _flaky(answers: Answers, url: str) -> _Failure | None:
    error = TransientError(ErrorClass.HTTP_5XX, f"{_host(url)} answered 502 (Bad Gateway)", 502)
    return (error, 1.1) if answers.draw() < _FAILS else None


_FAILURES: Mapping[Trait, Callable[[Answers, str], _Failure | None]] = {
    Trait.GONE: _gone,
    Trait.DEAD: _dead,
    Trait.SLOW: _slow,
    Trait.REFUSED: _refused,
    Trait.UNRESOLVED: _unresolved,
    Trait.UNTRUSTED: _untrusted,
    Trait.WALLED: _walled,
    Trait.FLAKY: _flaky,
}
