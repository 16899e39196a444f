import io
import json
import logging
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from worker.logs import log_poll, set_up_logs
from worker.settings import Settings
from worker.values.outcomes import NextPoll, Outcome, PollRecord

pytestmark = pytest.mark.usefixtures("restored_logs")

NASTY = "http://h/\nfake line \x1b[31mred\u202e \u2028 \x7f\x9b"
# What could forge a line, or move, colour or reorder the screen.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def test_what_a_feed_put_into_a_value_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="console"))
    structlog.get_logger("feedmill").info("polled", url=NASTY, path="a\u202eb", many=[NASTY])
    (line,) = capsys.readouterr().err.splitlines()
    assert not UNSAFE.search(line)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_librarys_words_and_an_errors_cannot_forge_a_line(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(Settings(log_format=log_format))
    try:
        raise ValueError(NASTY)
    except ValueError:
        logging.getLogger("library").exception("lost %s", NASTY)
        structlog.get_logger("feedmill").error("not read", exception=f"ValueError: {NASTY}")
    logged = capsys.readouterr().err
    assert not UNSAFE.search(logged)
    # Each event's line, and below it a traceback that stands back from the margin.
    assert len(re.findall("^(?! )", logged.rstrip("\n"), re.MULTILINE)) == 2


def test_json_lines_hold_every_value_and_no_nulls(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="json"))
    structlog.get_logger("feedmill").info("polled", url=NASTY, error=None)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "polled", "level": "info", "url": NASTY}


def test_a_command_logs_warnings_alone_unless_less_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="console", log_level="info"), least=logging.WARNING)
    structlog.get_logger("feedmill").info("seen")
    structlog.get_logger("feedmill").warning("lost")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("lost")


def test_a_logger_that_was_used_before_goes_by_the_logs_that_are_set_up_now(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger("feedmill")
    set_up_logs(Settings(log_format="console"), least=logging.WARNING)
    log.warning("lost")
    assert "lost" in capsys.readouterr().err
    set_up_logs(Settings(log_format="json"))
    log.info("seen")
    assert json.loads(capsys.readouterr().err)["event"] == "seen"


def test_what_cannot_be_written_stops_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", gone)
        set_up_logs(Settings(log_format="console"))
    gone.close()
    structlog.get_logger("feedmill").info("seen")
    logging.getLogger("library").warning("lost")
    assert capsys.readouterr().err.count("--- Logging error ---") == 2


def test_libraries_log_in_the_same_format(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="json"))
    logging.getLogger("celery.worker").warning("lost %s", "connection")
    assert json.loads(capsys.readouterr().err)["event"] == "lost connection"


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_shows_no_local_variables(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format=log_format))
    password = "hunter2"  # noqa: F841 -- must not be seen
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger("feedmill").exception("failed")
    logged = capsys.readouterr().err
    assert "ValueError" in logged
    assert "broken" in logged
    assert "hunter2" not in logged


def test_a_poll_is_one_short_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="console"))
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    following = NextPoll(now + timedelta(hours=1), "about 1 article a day, mostly 06–07 UTC")
    log_poll(PollRecord(7, "https://h.example/feed", now, timedelta(seconds=1), Outcome.NEW, following, 200, new=3))
    (line,) = capsys.readouterr().err.splitlines()
    told = {"url=https://h.example/feed", "outcome=new", "new=3", "seconds=1.0", "next=13:00"}
    assert set(line.split("polled")[1].split()) == told


def test_on_a_screen_a_poll_is_one_line_and_any_other_event_wraps(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    set_up_logs(Settings(log_format="console"))
    words = "the store could not be reached " * 5
    structlog.get_logger("feedmill").warning("polled", url="https://h.example/feed", error=words)
    structlog.get_logger("feedmill").error(words.strip())
    polled, *failed = capsys.readouterr().err.splitlines()
    assert len(polled) == 80
    assert polled.endswith("…")
    assert len(failed) == 3
    assert max(map(len, failed)) <= 80
    assert " ".join(line.strip() for line in failed).endswith(words.strip())


def test_lines_for_machines_and_for_files_are_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "the store could not be reached " * 5
    monkeypatch.setenv("COLUMNS", "80")
    set_up_logs(Settings(log_format="json"))
    structlog.get_logger("feedmill").error(words)
    monkeypatch.delenv("COLUMNS")
    set_up_logs(Settings(log_format="console"))
    structlog.get_logger("feedmill").error(words)
    assert [words.strip() in line for line in capsys.readouterr().err.splitlines()] == [True, True]
