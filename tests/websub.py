"""Feeds with a hub: polling one, subscribing, delivering, and looking at what came of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, inspect, select, update

from tests.documents import rss
from tests.polling import add, poll
from tests.servers.hub import Hub
from tests.servers.publisher import Publisher
from tests.servers.web import web_server
from worker.basics.codec import unpack
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.websub_tables import DeliveryRow, SubscriptionRow
from worker.pipeline.tools import Tools
from worker.settings import Settings
from worker.values.hubs import Push
from worker.websub.credentials import Credentials
from worker.websub.deliveries import ReadDelivery, take_deliveries
from worker.websub.subscribing import Asked, keep_subscriptions

SECRET = "of-the-deployment-and-of-nobody-else"
ATOM = ' xmlns:atom="http://www.w3.org/2005/Atom"'


@dataclass(frozen=True, slots=True)
class Pushing:
    """A feed on loopback, its hub, and the deployment that subscribes to it."""

    tools: Tools
    publisher: Publisher
    hub: Hub
    credentials: Credentials
    url: str

    def serve(self, items: Iterable[str], **headers: str) -> bytes:
        """Let the publisher serve a document that names the hub; return its bytes."""
        body = named(items, self.hub.url, self.url)
        self.publisher.serve_validated("/feed", body, etag=f'"{hash(body)}"', **headers)
        return body

    def subscribe(self, items: Iterable[str] = ()) -> None:
        """Poll the feed, ask its hub, and let that verify."""
        self.serve(items)
        add(self.tools, self.url)
        poll(self.tools)
        self.ask()
        assert self.hub.verify().ok

    def ask(self) -> list[Asked]:
        return list(keep_subscriptions(self.tools, self.credentials, lambda: False))

    def push(self, items: Iterable[str], **headers: str) -> list[ReadDelivery]:
        """Let the hub deliver a document of these items, and read it."""
        assert self.hub.distribute(self.url, named(items, self.hub.url, self.url), **headers) == [202]
        return self.take()

    def take(self) -> list[ReadDelivery]:
        return list(take_deliveries(self.tools, lambda: False))

    def subscription(self) -> Row[Any]:
        (only,) = rows(self.tools, SubscriptionRow)
        return only

    def trusted_until(self) -> datetime | None:
        with reading(self.tools.engine) as connection:
            push = unpack(Push, connection.execute(select(FeedRow.push)).scalar_one())
        return push.until if push else None

    def pass_time(self, time: timedelta) -> None:
        """Let what is known of the subscription be older by so much."""
        with writing(self.tools.engine) as connection:
            for row in connection.execute(select(SubscriptionRow)).all():
                names = ("asked_at", "lease_until", "next_attempt_at", "verified_at")
                older = {name: getattr(row, name) - time for name in names if getattr(row, name)}
                connection.execute(update(SubscriptionRow).where(SubscriptionRow.id == row.id).values(older))


def named(items: Iterable[str], hub_url: str, self_url: str) -> bytes:
    """A document that names a hub, and itself."""
    head = f'<atom:link rel="hub" href="{hub_url}"/><atom:link rel="self" href="{self_url}"/>'
    return rss(items, head=head).replace(b'version="2.0"', f'version="2.0"{ATOM}'.encode())


def rows(tools: Tools, table: type) -> Sequence[Row[Any]]:
    """Return the rows of a table in the order of their keys: a database returns them in any."""
    with reading(tools.engine) as connection:
        return connection.execute(select(table).order_by(*inspect(table).primary_key)).all()


def waiting(tools: Tools) -> int:
    return sum(each.claimable_at is not None for each in rows(tools, DeliveryRow))


@contextmanager
def pushing(tools: Tools, publisher: Publisher, engine: Engine | None = None) -> Iterator[Pushing]:
    """Yield a feed with a hub that can call a web process of this store."""
    chosen = Settings(public_url="http://unused.example", websub_secret=SECRET, max_body="100kB")
    with web_server(engine or tools.engine, chosen) as at:
        hub = Hub(publisher)
        yield Pushing(tools, publisher, hub, Credentials(at, SECRET), publisher.url("/feed"))
