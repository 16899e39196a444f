"""Every alert fires on what is really in a store once its cause is, and not before."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import yaml
from redis import Redis
from sqlalchemy import Connection, Engine, create_engine, insert, update

from tests.polling import add, poll
from tests.promql import Scrape, evaluate, read_series
from tests.servers.web import web_server
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.clock_steps import TICK
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.outbox_tables import EventRow, WebhookRow
from worker.database.tally_table import TallyRow, add_tally
from worker.database.task_turns import TurnRow, take_turn
from worker.database.types import Base
from worker.errors import ErrorClass, PermanentError
from worker.look.metrics import show_metrics
from worker.manage.feeds import NewFeed, add_feeds
from worker.manage.webhooks import add_webhook
from worker.outbox import number_events
from worker.pipeline.tools import Tools
from worker.retention.pruning import prune
from worker.settings import Settings
from worker.values.outcomes import NextPoll, Outcome, PollRecord
from worker.values.tallies import Tally

RULES = Path(__file__).parents[2] / "docs/monitoring/alerts.yml"
ALERTS = {rule["alert"]: rule for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}
NOW = datetime(2026, 12, 1, tzinfo=UTC)
# Longer than any alert waits.
AGE = timedelta(hours=5)
# Seconds from the scrape before a cause to the one after it.
STEP = 600
ARTICLE = {
    "feed_id": 1,
    "guid": "1",
    "match_key": "1",
    "title": "A ferry",
    "authors": [],
    "summary": "",
    "html": "",
    "text": "",
    "tags": [],
    "enclosures": [],
    "content_hash": b"1",
    "policy_version": 1,
}

_Change = Callable[[Engine], None]


def _now(store: Engine) -> float:
    with reading(store) as connection:
        return read_clock(connection).now().timestamp()


def _ago(connection: Connection, ago: timedelta = timedelta(0)) -> datetime:
    return read_clock(connection).now() - ago


def _long_ago(store: Engine) -> datetime:
    with reading(store) as connection:
        return _ago(connection, AGE)


def _fires(alert: str, tmp_path: Path, before: str | None, after: str | None, now: float) -> bool:
    """Say whether an alert fires once the second of two scrapes has been seen, and did not while the first was."""
    scrapes = [Scrape(now - STEP, before), Scrape(now, after)]
    expression = ALERTS[alert]["expr"]
    assert evaluate(expression, scrapes[:1]) == {}
    found = bool(evaluate(expression, scrapes))
    if promtool := shutil.which("promtool"):
        assert _fires_in_prometheus(promtool, alert, tmp_path, scrapes) is found
    return found


def _fires_in_prometheus(promtool: str, alert: str, tmp_path: Path, scrapes: Sequence[Scrape]) -> bool:
    """Ask Prometheus's own tool, whose time begins at zero: hours of the first scrape, then the second one."""
    first, held = 180, _minutes(ALERTS[alert].get("for", "0m")) + 2
    shift = scrapes[1].at - 60 * first
    series: dict[str, list[str]] = {}
    for place, (scrape, minutes) in enumerate(zip(scrapes, (first - 1, held), strict=True)):
        for labels, value in read_series(scrape).items():
            named = dict(labels)
            name = named.pop("__name__")
            told = f"{name}{{{', '.join(f'{key}={json.dumps(said)}' for key, said in sorted(named.items()))}}}"
            shown = value - shift if name.endswith("timestamp_seconds") and value else value
            series.setdefault(told, [f"_x{first - 1}", f"_x{held}"])[place] = f"{shown!r}x{minutes}"
    test = {
        "interval": "1m",
        "input_series": [{"series": told, "values": " ".join(values)} for told, values in series.items()],
        "alert_rule_test": [{"eval_time": f"{first + held}m", "alertname": alert, "exp_alerts": []}],
    }
    path = tmp_path / "rules_test.yml"
    path.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
    ran = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0 or f'alertname="{alert}"' in ran.stdout + ran.stderr, ran.stdout + ran.stderr
    return ran.returncode != 0


def _minutes(duration: str) -> int:
    return int(duration[:-1]) * {"m": 1, "h": 60}[duration[-1]]


def _leave(_store: Engine) -> None:
    """Leave a store as it is."""


def _update(store: Engine, table: type[Base], **values: object) -> None:
    with writing(store) as connection:
        connection.execute(update(table).values(**values))


def _make_late(store: Engine) -> None:
    _update(store, ScheduleRow, next_poll_at=_long_ago(store))
    _update(store, HostRow, claimable_at=_long_ago(store))


def _make_hosts_refuse(store: Engine) -> None:
    _update(store, HostRow, failures=3, held_until=_long_ago(store) + timedelta(days=1))


def _quarantine(store: Engine) -> None:
    _update(store, FeedRow, state="quarantined", state_reason="it fails")


def _meet_a_fault(store: Engine) -> None:
    error = PermanentError(ErrorClass.INTERNAL, "a fault of Feedmill")
    tally = Tally()
    tally.count_poll(
        PollRecord(1, "https://h1.example/", NOW, timedelta(0), Outcome.PERMANENT, NextPoll(None, "never"), error=error)
    )
    add_tally(store, tally)


def _take_a_tick(store: Engine) -> None:
    assert take_turn(store, TICK, timedelta(seconds=15))


def _age_the_tick(store: Engine) -> None:
    _update(store, TurnRow, taken_at=_long_ago(store))


def _prune(store: Engine) -> None:
    prune(store, Settings())


def _age_what_was_pruned(store: Engine) -> None:
    _update(store, TallyRow, counted_at=_long_ago(store))


def _write_change(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(insert(EventRow).values(created_at=_ago(connection, AGE), kind="feed gone"))


def _keep_from_grouping(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(insert(ArticleRow).values(ARTICLE | {"first_seen_at": _ago(connection, AGE)}))


def _add_webhook(store: Engine) -> None:
    with writing(store) as connection:
        add_webhook(connection, _ago(connection), "https://hooks.example/", 0)


def _keep_from_delivery(store: Engine) -> None:
    _write_change(store)
    number_events(store)


def _kill_webhook(store: Engine) -> None:
    _update(store, WebhookRow, state="dead", state_reason="the receiver wants no more")


# By the alert: what a store was like before, and what causes the alert in it.
CAUSES: dict[str, tuple[_Change, _Change]] = {
    "FeedmillFeedsLate": (_leave, _make_late),
    "FeedmillNothingPolled": (_leave, _make_late),
    "FeedmillHostsRefuse": (_leave, _make_hosts_refuse),
    "FeedmillFeedsQuarantined": (_leave, _quarantine),
    "FeedmillFault": (_leave, _meet_a_fault),
    "FeedmillBeatSilent": (_take_a_tick, _age_the_tick),
    "FeedmillNotPruned": (_prune, _age_what_was_pruned),
    "FeedmillOutboxStalls": (_leave, _write_change),
    "FeedmillGroupingBehind": (_leave, _keep_from_grouping),
    "FeedmillWebhookBehind": (_add_webhook, _keep_from_delivery),
    "FeedmillWebhookDead": (_add_webhook, _kill_webhook),
}
# Those whose cause lies outside the store have tests of their own.
OUTSIDE = {"FeedmillUnreachable", "FeedmillNetworkFails", "FeedmillBrokerDown", "FeedmillQueueGrows"}


def test_every_alert_has_its_cause_in_a_test() -> None:
    assert CAUSES.keys() | OUTSIDE == ALERTS.keys()


# What both kinds of store tell is compared in test_metrics.
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("alert", CAUSES)
def test_an_alert_fires_once_the_store_has_its_cause(store: Engine, tmp_path: Path, alert: str) -> None:
    prepare, cause = CAUSES[alert]
    with writing(store) as connection:
        add_feeds(connection, _ago(connection), [NewFeed(f"https://h{number}.example/") for number in range(8)])
    prepare(store)
    before = show_metrics(store, Settings())
    cause(store)
    assert _fires(alert, tmp_path, before, show_metrics(store, Settings()), _now(store))


def test_an_alert_fires_when_most_polls_reach_no_host(tools: Tools, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        at = f"http://127.0.0.1:{closed.getsockname()[1]}"
    add(tools, *(f"{at}/{number}" for number in range(25)))
    before = show_metrics(tools.engine, Settings())
    assert len(poll(tools)) == 25
    after = show_metrics(tools.engine, Settings())
    assert _fires("FeedmillNetworkFails", tmp_path, before, after, _now(tools.engine))


def test_an_alert_fires_while_the_store_cannot_be_reached(tmp_path: Path) -> None:
    with web_server(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")) as at:
        answer = requests.get(f"{at}/metrics", timeout=30)
    assert answer.status_code == 503
    # Prometheus takes no answer but 200.
    assert _fires("FeedmillUnreachable", tmp_path, "", None, time.time())


def test_alerts_fire_when_messages_pile_up_and_when_the_broker_is_gone(
    store: Engine, tmp_path: Path, valkey_url: str
) -> None:
    chosen = Settings(broker_url=valkey_url, broker_prefix="alerts:")
    with Redis.from_url(valkey_url) as client:
        client.delete("alerts:maintenance")
        before = show_metrics(store, chosen)
        client.rpush("alerts:maintenance", *("{}" for _ in range(101)))
        after = show_metrics(store, chosen)
        client.delete("alerts:maintenance")
    assert _fires("FeedmillQueueGrows", tmp_path, before, after, _now(store))
    gone = show_metrics(store, Settings(broker_url="redis://127.0.0.1:1/0"))
    assert _fires("FeedmillBrokerDown", tmp_path, before, gone, _now(store))
