from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.cli.screens import print_health
from worker.look.health import Health

HEALTH = Health(
    at=datetime(2026, 11, 24, tzinfo=UTC),
    feeds={"active": 3_000_000, "paused": 2},
    quality={},
    files=0,
    files_refused=0,
    due=1_200,
    late=100_000,
    failing={},
    uncounted=0,
    never_succeeded=0,
    hosts_left_alone=0,
    polls_last_hour={"unchanged": 800_000},
    articles=12_300_000,
    articles_last_hour=7,
    last_poll_at=None,
    insecure=0,
    subscriptions={},
    slowest_hosts={},
    notes={},
    inexact={},
)


def _print(health: Health, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_health(health)
    return capsys.readouterr().out.splitlines()


def test_exact_figures_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    page = _print(HEALTH, capsys)
    assert page[0].split(maxsplit=1) == ["Feeds", "3,000,000 active, 2 paused"]
    assert not any(word in line for line in page for word in ("about", "more than"))


def test_feeds_are_told_by_quality(capsys: pytest.CaptureFixture[str]) -> None:
    page = _print(replace(HEALTH, quality={"silent": 3, "healthy": 2_999_997}), capsys)
    assert page[1].split(maxsplit=1) == ["Quality", "3 silent, 2,999,997 healthy"]


def test_a_figure_that_is_not_exact_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    how = {"feeds": "about", "late": "more than", "polls_last_hour": "about", "articles": "about"}
    page = "\n".join(_print(replace(HEALTH, inexact=how), capsys))
    for said in (
        "about 3,000,000 active, 2 paused",
        "1,200 now, more than 100,000 of them late",
        "about 800,000 unchanged",
        "about 12,300,000, 7 in the last hour",
    ):
        assert said in page
