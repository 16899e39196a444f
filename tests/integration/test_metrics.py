"""Metrics: what was polled, grouped, delivered and removed is counted once, and read as Prometheus reads it."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.exc import OperationalError

from tests.commands import run_command
from tests.documents import item, rss
from tests.polling import add, poll, poll_again
from tests.servers.publisher import Answer, Publisher
from tests.servers.web import web_server
from tests.stores import url_of
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventRow
from worker.database.tally_table import add_tally, read_tallies
from worker.look.metrics import show_metrics
from worker.manage.webhooks import add_webhook
from worker.outbox import number_events
from worker.pipeline.tools import Tools
from worker.retention.pruning import prune
from worker.seeds.ingest import IngestOptions, ingest
from worker.settings import Settings
from worker.stories.grouping import group_waiting
from worker.values.tallies import CLAIMED_FEEDS, CLAIMED_HOSTS, Tally
from worker.webhooks.deliver import deliver, delivering_transfers

REHEARSAL = IngestOptions(is_rehearsal=True)


def _read(store: Engine, chosen: Settings | None = None) -> dict[str, float]:
    """All figures, as Prometheus's own parser reads them."""
    return {
        f"{sample.name}{{{','.join(f'{key}={said}' for key, said in sample.labels.items())}}}": sample.value
        for family in text_string_to_metric_families(show_metrics(store, chosen or Settings()))
        for sample in family.samples
    }


def test_polls_are_counted_by_outcome_and_class_and_their_articles_with_them(
    tools: Tools, publisher: Publisher
) -> None:
    document = Answer(body=rss([item("one"), item("two")]), headers={"ETag": '"1"'})
    add(tools, publisher.on("/feed", [document, Answer(status=304), Answer(status=404)]))
    poll(tools)
    assert [poll_again(tools).outcome for _ in range(2)] == ["unchanged", "permanent"]
    found = _read(tools.engine)
    assert {name: value for name, value in found.items() if name.startswith("feedmill_polls_total") and value} == {
        "feedmill_polls_total{outcome=new}": 1,
        "feedmill_polls_total{outcome=unchanged}": 1,
        "feedmill_polls_total{outcome=permanent}": 1,
    }
    assert found["feedmill_poll_errors_total{error_class=http 4xx}"] == 1
    assert found["feedmill_articles_new_total{brought_by=poll}"] == 2
    assert found["feedmill_received_bytes_total{}"] >= len(document.body)
    assert found["feedmill_fetch_seconds_count{}"] == found["feedmill_fetch_seconds_bucket{le=+Inf}"] == 3
    assert found["feedmill_parse_seconds_count{}"] == found["feedmill_store_seconds_count{stored=documents}"] == 1
    assert found["feedmill_claimed_hosts_total{}"] == found["feedmill_claimed_feeds_total{}"] == 3
    assert found["feedmill_feeds{state=active}"] == found["feedmill_feeds_failing{error_class=http 4xx}"] == 1


def test_no_figure_names_a_feed_or_a_host(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(status=404)))
    poll(tools)
    shown = show_metrics(tools.engine, Settings())
    assert publisher.address not in shown
    assert "/feed" not in shown


def test_what_processes_count_at_once_adds_up(postgres: Engine) -> None:
    def count() -> None:
        for _ in range(20):
            tally = Tally()
            # In another order each time: nobody may wait for the other.
            for what in (CLAIMED_HOSTS, CLAIMED_FEEDS, CLAIMED_HOSTS):
                tally.count(what, 2)
            add_tally(postgres, tally)

    counting = [threading.Thread(target=count) for _ in range(4)]
    for thread in counting:
        thread.start()
    for thread in counting:
        thread.join()
    with reading(postgres) as connection:
        assert read_tallies(connection) == {
            ("feedmill_claimed_feeds_total", "", ""): 160,
            ("feedmill_claimed_hosts_total", "", ""): 320,
        }


def test_what_a_store_did_not_take_is_added_the_next_time(store: Engine) -> None:
    tally = Tally()
    tally.count(CLAIMED_HOSTS, 3)
    with pytest.raises(OperationalError):
        add_tally(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"), tally)
    add_tally(store, tally)
    add_tally(store, tally)
    assert _read(store)["feedmill_claimed_hosts_total{}"] == 3


def test_files_count_their_articles_but_not_in_a_rehearsal(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "saved.xml"
    path.write_bytes(rss([item("one")]))
    list(ingest(tools, [path], 100_000, still_for=timedelta(0), options=REHEARSAL))
    assert _read(tools.engine)["feedmill_articles_new_total{brought_by=file}"] == 0
    list(ingest(tools, [path], 100_000, still_for=timedelta(0)))
    found = _read(tools.engine)
    assert found["feedmill_articles_new_total{brought_by=file}"] == found["feedmill_articles{}"] == 1
    assert found["feedmill_articles_ungrouped{}"] == found["feedmill_outbox_unnumbered{}"] == 1
    assert sum(group_waiting(tools.engine, lambda: False)) == 1
    found = _read(tools.engine)
    assert found["feedmill_articles_grouped_total{}"] == found["feedmill_stories{}"] == 1
    assert found["feedmill_articles_ungrouped{}"] == 0


def test_deliveries_are_counted_and_so_is_what_a_webhook_lacks(store: Engine, publisher: Publisher) -> None:
    chosen = Settings(allow_hosts=(publisher.authority,))
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_webhook(connection, now, publisher.on("/hook", Answer(status=500)), 0)
        connection.execute(insert(EventRow), [{"created_at": now, "kind": "feed gone"}] * 3)
    number_events(store)
    with delivering_transfers(chosen) as transfers:
        assert len(list(deliver(store, transfers, "0" * 32, lambda: False))) == 1
    found = _read(store)
    assert found["feedmill_deliveries_total{outcome=failed}"] == 1
    assert found["feedmill_webhook_undelivered{}"] == found["feedmill_outbox_numbered_total{}"] == 3
    assert (found["feedmill_webhooks{state=active}"], found["feedmill_webhooks_failing{}"]) == (1, 1)


def test_it_is_seen_when_pruning_ended_also_where_nothing_was_old(store: Engine) -> None:
    assert _read(store)["feedmill_last_work_timestamp_seconds{work=prune}"] == 0
    prune(store, Settings())
    found = _read(store)
    assert found["feedmill_pruned_total{removed=polls}"] == 0
    with reading(store) as connection:
        now = read_clock(connection).now().timestamp()
    assert now - 60 < found["feedmill_last_work_timestamp_seconds{work=prune}"] <= now


def test_a_command_writes_the_same_once(
    store: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    done = run_command(capsys, ["metrics"])
    assert (done.code, done.errors) == (0, "")
    assert '\nfeedmill_feeds{state="active"} 0\n' in done.output
    # Neither more nor less: what is read must end with a line's end.
    assert done.output.endswith("\n")
    assert not done.output.endswith("\n\n")


def test_it_is_all_answered_at_one_path_as_prometheus_wants_it(store: Engine) -> None:
    with web_server(store) as at:
        answer = requests.get(f"{at}/metrics", timeout=30)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = [line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE ")]
    assert len(names) == len({*names})
    assert "feedmill_schema_version" in names
