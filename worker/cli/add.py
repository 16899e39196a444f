"""Adding feeds: ``add``."""

from collections.abc import Iterable, Iterator

import click
from sqlalchemy import Connection

from worker.basics.urls import feed_url_key
from worker.cli.feeds import change_each
from worker.cli.output import with_progress, write_line
from worker.cli.store import feed_called, opened_tools
from worker.database.clock import Clock
from worker.discovery.adding import AddedFeed, add_by_url
from worker.errors import NamedError
from worker.manage.feeds import NewFeed, add_feeds
from worker.pipeline.tools import Tools


@click.command("add")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--as-is", is_flag=True, help="Add the URLs as they are given: no host is asked.")
def add_command(urls: tuple[str, ...], *, as_is: bool) -> int:
    """Add feeds, by their own URLs or by a page of their sites; each is polled as soon as a worker is free."""
    if as_is:
        return change_each(urls, _add_as_is, create=True)
    code = 0
    with opened_tools() as tools:
        for _, told in with_progress(_look_and_add(tools, urls), "Looking", len(urls), name=lambda pair: pair[0]):
            if isinstance(told, NamedError):
                click.echo(f"feedmill: {told}", err=True)
                code = 1
            else:
                write_line(_sentence(told))
    return code


def _look_and_add(tools: Tools, urls: Iterable[str]) -> Iterator[tuple[str, AddedFeed | NamedError]]:
    for url in urls:
        try:
            yield url, add_by_url(tools, url, lambda: False)
        except NamedError as error:
            yield url, error


def _add_as_is(connection: Connection, clock: Clock, url: str) -> str:
    try:
        feed_url_key(url)
    except ValueError as error:
        raise NamedError(f"{url} was not added: {error}") from error
    is_new = add_feeds(connection, clock.now(), [NewFeed(url)]) > 0
    return _sentence(AddedFeed(url, feed_called(connection, url), is_new=is_new))


def _sentence(added: AddedFeed) -> str:
    feed = added.feed
    # Where a feed is known under another URL it has moved: the one that was given is what its giver knows.
    url = feed.url if added.is_of_page else added.url
    said = f"{'Added' if added.is_new else 'Known already:'} {url} (feed {feed.feed_id})"
    if added.is_of_page:
        said += f", the feed of {added.url}"
    if added.unseen:
        said += f" as it is: it could not be looked at ({added.unseen.sentence})"
    return said
