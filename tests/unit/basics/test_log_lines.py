import logging
from contextlib import suppress

import pytest
import structlog
from structlog.testing import capture_logs

from worker.basics.log_lines import get_logger


@pytest.fixture
def unconfigured() -> object:
    """A program in which nobody has configured structlog."""
    chosen = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**chosen)


def test_where_structlog_is_configured_a_line_is_its(caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as lines:
        get_logger("worker.x").info("seed read", new=3)
    assert lines == [{"event": "seed read", "new": 3, "log_level": "info"}]
    assert caplog.records == []


def test_in_another_program_a_line_goes_to_the_logging_of_python(
    unconfigured: None, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    get_logger("worker.x").warning("seed not read", path="a\x1b[31m.txt", files=3)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("worker.x", logging.WARNING)
    assert record.getMessage() == r"seed not read path='a\x1b[31m.txt' files=3"
    assert capsys.readouterr().out == ""


def test_in_another_program_a_fault_comes_with_its_traceback(
    unconfigured: None, caplog: pytest.LogCaptureFixture
) -> None:
    ours = ValueError("ours")
    with suppress(ValueError):
        try:
            raise ours
        except ValueError:
            get_logger("worker.x").exception("page not read", url="https://a.example/")
            raise
    (record,) = caplog.records
    assert record.exc_info
    assert record.exc_info[1] is ours
