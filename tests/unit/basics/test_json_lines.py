import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from worker.basics.json_lines import escape_unshown, write_json_line


class _State(StrEnum):
    DEAD = "dead"


def test_a_row_is_one_line_with_moments_in_utc_and_durations_in_seconds() -> None:
    row = {"at": datetime(2026, 11, 29, 1, tzinfo=UTC), "for": timedelta(minutes=1.5), "hash": b"\xff", _State.DEAD: 1}
    assert write_json_line(row) == b'{"at":"2026-11-29T01:00:00Z","for":90.0,"hash":"ff","dead":1}\n'


def test_what_no_screen_gets_is_escaped_and_means_the_same() -> None:
    nasty = "a\x7f\x9b\u2028\u202e\u2066\x1b\nä"
    line = write_json_line({"title": nasty})
    assert json.loads(line) == {"title": nasty}
    assert line.decode().rstrip("\n").replace("ä", "").isascii()
    assert escape_unshown("ä\u202e".encode(), "&#x{:x};") == "ä&#x202e;".encode()


def test_what_json_has_no_form_for_is_a_fault() -> None:
    with pytest.raises(TypeError):
        write_json_line({"of": object()})
