"""What ``worker.api`` promises: a change here breaks programs, and is told in the changelog."""

import ast
import inspect
from dataclasses import fields, is_dataclass

from worker import api
from worker.database.article_tables import ArticleRow
from worker.look.article_listing import INTERNAL
from worker.look.listings import Wanted

PROMISED = {
    "Added": "url feed_id feed_url is_new unseen",
    "Article": "id feed_id feed_url guid url original_url title authors published_at updated_at first_seen_at summary "
    "html text language language_source tags enclosures image_url podcast dateline_place dateline_date agency "
    "agency_as_written slug notice notice_number note urgency acts_on killed_by revision story_id",
    "ArticleFilters": "feed feed_tag tag agency language since until text limit sort newest_first",
    "BrokerError": "",
    "Change": "cursor at kind article_id feed_id story_id title url feed_url details",
    "Enclosure": "url media_type length",
    "FeedmillError": "",
    "IngestedFile": "path new updated feeds unread error",
    "NamedError": "",
    "Outcome": "new unchanged transient permanent rejected",
    "Poll": "feed_id url started_at duration outcome new updated entries http_status error_class error bytes_received "
    "note next_poll_at next_poll_reason",
    "PollAnswer": "name feed_id poll reason is_waiting",
    "SettingsError": "",
    "Store": "add articles close find_ticket follow ingest poll poll_due request_polls",
    "StoreError": "",
    "Ticket": "answers wait",
    "UsageError": "",
    "open_store": "database_url create",
}
SIGNATURES = {
    "add": "(self, url: str, *, tags: Sequence[str]=(), as_is: bool=False) -> Added",
    "articles": "(self, **filters: Unpack[ArticleFilters]) -> Iterator[Article]",
    "close": "(self) -> None",
    "find_ticket": "(self, ticket_id: int) -> Ticket",
    "follow": "(self, since: int | None=None, *, once: bool=False, stop: Stop=_never) -> Iterator[Change]",
    "ingest": "(self, paths: Sequence[str | Path]) -> list[IngestedFile]",
    "poll": "(self, names: Sequence[str | int], *, force: bool=False, stop: Stop=_never) -> list[PollAnswer]",
    "poll_due": "(self, *, stop: Stop=_never) -> list[PollAnswer]",
    "request_polls": "(self, names: Sequence[str | int]) -> Ticket",
    "answers": "(self) -> list[PollAnswer]",
    "wait": "(self, timeout: timedelta | None, *, stop: Stop=_never) -> list[PollAnswer]",
}


def _parts(promised: object) -> str:
    if promised is api.ArticleFilters:
        return " ".join(api.ArticleFilters.__annotations__)
    if promised is api.Outcome:
        return " ".join(api.Outcome)
    if is_dataclass(promised):
        return " ".join(field.name for field in fields(promised))
    if promised in {api.Store, api.Ticket}:
        return " ".join(name for name in vars(promised) if not name.startswith("_"))
    return "" if inspect.isclass(promised) else " ".join(inspect.signature(promised).parameters)


def test_what_is_promised_is_there() -> None:
    assert {*api.__all__} == {*PROMISED}
    assert {name: {*_parts(getattr(api, name)).split()} for name in PROMISED} == {
        name: {*parts.split()} for name, parts in PROMISED.items()
    }


def _signatures() -> dict[str, str]:
    """Return the public methods' signatures as they are written."""
    classes = [node for node in ast.parse(inspect.getsource(api)).body if isinstance(node, ast.ClassDef)]
    methods = [node for each in classes for node in each.body if isinstance(node, ast.FunctionDef)]
    return {
        each.name: f"({ast.unparse(each.args)}) -> {ast.unparse(each.returns)}".replace("'", "")
        for each in methods
        if each.returns and not each.name.startswith("_")
    }


def test_what_is_promised_is_called_as_before() -> None:
    assert _signatures() == SIGNATURES


def test_an_article_has_all_that_the_command_lists() -> None:
    listed = {*ArticleRow.__table__.columns.keys(), "feed_url"} - INTERNAL - {"content_hash"}
    assert {field.name for field in fields(api.Article)} == listed


def test_articles_are_chosen_by_all_that_the_command_chooses_them_by() -> None:
    # A feed is named by its id or URL; a program that iterates needs no pages; the others are of feeds and polls.
    of_command = {field.name for field in fields(Wanted)} - {
        "state",
        "quality",
        "is_polled",
        "is_failing",
        "is_published_then",
        "after",
    }
    assert {*api.ArticleFilters.__annotations__} == {name.removesuffix("_id") for name in of_command}


def test_every_error_is_one_that_a_program_can_catch() -> None:
    errors = [api.BrokerError, api.NamedError, api.SettingsError, api.StoreError, api.UsageError]
    assert [error for error in errors if not issubclass(error, api.FeedmillError)] == []
