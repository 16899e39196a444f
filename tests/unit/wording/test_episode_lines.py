from typing import Any

import orjson
import pytest

from worker.wording.episode_lines import describe_episode

EPISODE = {
    "duration": 3723.0,
    "season": 2,
    "season_name": "Autumn",
    "episode": 7,
    "episode_name": None,
    "episode_type": "bonus",
    "is_explicit": True,
    "chapters": {"url": "https://a.example/1.json", "media_type": "application/json+chapters"},
    "transcripts": [{"url": "https://a.example/1.vtt", "media_type": "text/vtt", "language": "en"}],
    "alternatives": [{"url": "https://a.example/1.opus", "title": "High quality", "length": 32_400_000}],
    "people": [{"name": "Ann Arbor", "role": "host"}, {"name": "Ben Nevis"}],
    "soundbites": [{"start": 73.5, "duration": 60.0, "title": "The thunder"}],
    "location": "Austin, TX",
}


def test_a_page_says_all_that_a_podcast_says_of_an_episode() -> None:
    assert describe_episode(orjson.loads(orjson.dumps(EPISODE))) == [
        "season 2 (Autumn), episode 7, bonus, 1h 2m, explicit, about Austin, TX",
        "with Ann Arbor (host), Ben Nevis",
        "soundbite at 1m 14s, 1m long: The thunder",
        "transcript https://a.example/1.vtt (text/vtt, en)",
        "chapters https://a.example/1.json (application/json+chapters)",
        "also as https://a.example/1.opus (High quality, 32.4 MB)",
    ]


@pytest.mark.parametrize(("said", "line"), [({"episode_name": "3.5"}, "episode 3.5"), ({"season": 0}, "season 0")])
def test_a_number_may_be_a_name_or_nought(said: dict[str, Any], line: str) -> None:
    assert describe_episode(said) == [line]


@pytest.mark.parametrize("stored", [None, {}, {"is_explicit": False}])
def test_where_nothing_is_said_there_is_no_line(stored: Any) -> None:
    assert describe_episode(stored) == []
