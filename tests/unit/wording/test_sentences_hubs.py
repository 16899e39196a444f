from datetime import UTC, datetime, timedelta

from worker.wording.sentences import explain_hub, explain_poll

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NAMED = {"hub_url": "https://hub.example/", "subscription": "named", "subscription_reason": None}
NAMED |= {"lease_until": None, "pushed_at": None, "pushes_missed": 0}


def test_a_feed_without_a_hub_has_nothing_to_tell_of_one() -> None:
    assert explain_hub({"hub_url": None}, NOW) is None


def test_a_hub_is_told_with_how_it_stands_with_it() -> None:
    assert explain_hub(NAMED, NOW) == "https://hub.example/ (named)"
    failing = NAMED | {"subscription": "failing", "subscription_reason": "hub.example answered 500"}
    assert explain_hub(failing, NOW) == "https://hub.example/ (failing); hub.example answered 500"
    pushing = {"subscription": "active", "lease_until": NOW + timedelta(days=3), "pushed_at": NOW, "pushes_missed": 2}
    assert explain_hub(NAMED | pushing, NOW) == (
        "https://hub.example/ (active); it pushes until 2026-12-04 12:00 UTC (in 3d); it last did 2026-12-01 12:00 UTC "
        "(now); polls found what it had missed 2 times"
    )


def test_what_a_hub_brought_is_told_as_pushed() -> None:
    poll = {"duration": timedelta(0), "error": None, "http_status": None, "outcome": "new", "entries": 2, "new": 1}
    poll |= {"updated": 0, "note": None, "next_poll_reason": "pushed by its hub (WebSub): the next poll stays as it is"}
    assert explain_poll(poll) == ["new: 1 new, 0 updated of 2 entries (pushed)", poll["next_poll_reason"]]
