"""The files for Prometheus and Grafana: their expressions name what is measured, and every alert is explained."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.look.metrics import COLLECTORS, Look
from worker.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
ALERTS = yaml.safe_load((DOCS / "monitoring/alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((DOCS / "monitoring/dashboard.json").read_text())
# What the page that explains the alerts says of each begins with its name.
EXPLAINED = re.findall(r"^\*\*(Feedmill\w+)\.\*\*", (DOCS / "monitoring.md").read_text(), re.MULTILINE)


def _named(expression: str) -> set[str]:
    return set(re.findall(r"\bfeedmill_\w+", expression))


def _expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))


@pytest.fixture
def measured(store: Engine) -> set[str]:
    """The names of all series, of an empty store."""
    with reading(store) as connection:
        look = Look(connection, read_clock(connection).now(), Settings(broker_url="redis://127.0.0.1:1/0"))
        metrics = [metric for collect in COLLECTORS for metric in collect(look)]
    suffixes = {"histogram": ("_bucket", "_sum", "_count")}
    named = {metric.name + suffix for metric in metrics for suffix in suffixes.get(metric.kind, ("",))}
    return named | {"feedmill_metrics_seconds"}


def test_alerts_and_dashboard_name_only_what_is_measured(measured: set[str]) -> None:
    rules = {name for rule in ALERTS for name in _named(rule["expr"])}
    assert rules - measured == set()
    shown = {name for expression in _expressions() for name in _named(expression)}
    assert shown - measured == set()
    # Of a histogram the dashboard shows quantiles, and means can be had as well.
    left_out = {name for name in measured - shown if not name.endswith(("_sum", "_count"))}
    assert left_out == {"feedmill_feeds_failing_uncounted", "feedmill_files"}


def test_every_alert_is_explained_once_in_the_order_of_the_file() -> None:
    assert [rule["alert"] for rule in ALERTS] == EXPLAINED


def test_every_alert_has_a_summary_and_a_severity() -> None:
    assert {rule["labels"]["severity"] for rule in ALERTS} == {"warning", "critical"}
    assert all(rule["annotations"]["summary"] for rule in ALERTS)


def test_every_alert_is_tried_on_made_up_series_both_firing_and_quiet() -> None:
    tests = yaml.safe_load((DOCS / "monitoring/alerts_test.yml").read_text())["tests"]
    tried = [
        (test["alert_rule_test"][0]["alertname"], bool(test["alert_rule_test"][0]["exp_alerts"])) for test in tests
    ]
    assert tried == [(rule["alert"], fires) for rule in ALERTS for fires in (True, False)]


def test_prometheus_takes_the_rules_where_its_tool_is_at_hand() -> None:
    # pip has no promtool; everything else about the rules is tested without it.
    if promtool := shutil.which("promtool"):
        ran = subprocess.run(
            [promtool, "test", "rules", "alerts_test.yml"],
            cwd=DOCS / "monitoring",
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_two_panels_of_the_dashboard_overlap_or_share_an_id() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for grid in (panel["gridPos"] for panel in panels)
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len({*cells}) == len(cells)
    assert max(x for x, _ in cells) == 23
