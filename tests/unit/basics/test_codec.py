from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
import pytest

from worker.basics.codec import from_json, write_json


class Sky(StrEnum):
    RAIN = "rain"


@dataclass(frozen=True, slots=True)
class Cloud:
    name: str
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Weather:
    place: str
    sky: Sky = Sky.RAIN
    day: date = date(2026, 1, 1)
    seen_at: datetime | None = None
    lasts: timedelta | None = None
    hours: frozenset[int] = frozenset()
    clouds: tuple[Cloud, ...] = ()
    mark: bytes = b""
    share: float = 0.0
    is_over: bool = False


STORM = Weather(
    place="Skårholm",
    sky=Sky.RAIN,
    day=date(2026, 11, 24),
    seen_at=datetime(2026, 11, 24, 12, 0, 0, 5, UTC),
    lasts=timedelta(minutes=90, microseconds=3),
    hours=frozenset({3, 1}),
    clouds=(Cloud("cirrus", 9_000), Cloud("fog")),
    mark=b"\x00\xff",
    share=0.25,
    is_over=True,
)


def _through(value: Any) -> Any:
    return from_json(type(value), orjson.loads(write_json(value)))


@pytest.mark.parametrize("name", [field.name for field in fields(Weather)])
def test_each_field_comes_out_as_it_went_in(name: str) -> None:
    assert getattr(_through(STORM), name) == getattr(STORM, name)


def test_none_stays_none() -> None:
    assert _through(Weather("Skårholm")) == Weather("Skårholm")


def test_a_field_that_is_not_told_has_its_default() -> None:
    assert from_json(Cloud, {"name": "fog"}) == Cloud("fog", None)


def test_what_is_written_is_json_that_people_can_read() -> None:
    assert orjson.loads(write_json(STORM)) == {
        "place": "Skårholm",
        "sky": "rain",
        "day": "2026-11-24",
        "seen_at": "2026-11-24T12:00:00.000005+00:00",
        "lasts": 5400.000003,
        "hours": [1, 3],
        "clouds": [{"name": "cirrus", "height": 9000}, {"name": "fog", "height": None}],
        "mark": "00ff",
        "share": 0.25,
        "is_over": True,
    }


@pytest.mark.parametrize(
    "told",
    [
        None, [], "x", {}, {"place": None}, {"place": 1}, {"place": "a", "nosuch": 1}, {"place": "a", "sky": "snow"},
        {"place": "a", "day": "tomorrow"}, {"place": "a", "day": 1}, {"place": "a", "hours": ["1"]},
        {"place": "a", "hours": {"1": 1}}, {"place": "a", "clouds": ["fog"]}, {"place": "a", "lasts": 1e300},
        {"place": "a", "lasts": "1"}, {"place": "a", "mark": "x"}, {"place": "a", "is_over": 1},
        {"place": "a", "clouds": [{"name": "fog", "height": True}]},
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_not_believed(told: Any) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        from_json(Weather, told)


def test_what_has_no_place_in_json_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        write_json({"a": object()})
