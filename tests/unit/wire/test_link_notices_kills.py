from tests.sending import killed, sent, store
from worker.values.articles import WireArticle
from worker.values.entries import Notice

UPDATE, CORRECTION, REPEAT, TAKE, ADVISORY, KILL = Notice


def _killed(*articles: WireArticle) -> dict[str, str]:
    return killed(store(articles))


def test_a_kill_withdraws_all_that_goes_back_to_the_same_first_version() -> None:
    versions = sent("first", "08"), sent("update", "09", UPDATE, headline="ferry-sails-on")
    # It corrects the first version, as its headline says, and is what the kill acts on.
    correction = sent("correction", "09", CORRECTION)
    names = ("first", "update", "correction")
    assert _killed(*versions, correction, sent("kill", "10", KILL)) == dict.fromkeys(names, "kill")


def test_what_came_after_a_kill_stands() -> None:
    replacement = sent("first again", "11"), sent("update", "11", UPDATE)
    assert _killed(sent("first"), sent("kill", "10", KILL), *replacement) == {"first": "kill"}


def test_a_kill_withdraws_takes_too() -> None:
    takes = sent("take 2", notice=TAKE, number=2), sent("take 3", "11", TAKE, 3)
    assert _killed(sent("first"), *takes, sent("kill", "11", KILL)) == dict.fromkeys(
        ("first", "take 2", "take 3"), "kill"
    )


def test_a_kill_withdraws_every_copy_of_what_it_withdraws() -> None:
    copies = sent("one", content_hash=b"same"), sent("another", content_hash=b"same")
    other = sent("other", content_hash=b"other", headline="ferry-rests")
    assert _killed(*copies, other, sent("kill", "11", KILL)).keys() == {"other"}
    assert _killed(other, *copies, sent("kill", "11", KILL)).keys() == {"one", "another"}


def test_the_same_words_of_another_agency_stand() -> None:
    other = sent("of reuters", content_hash=b"same", agency="reuters")
    assert _killed(sent("of ap", content_hash=b"same"), other, sent("kill", notice=KILL)) == {"of ap": "kill"}


def test_of_two_kills_the_first_counts() -> None:
    assert _killed(sent("second", "11", KILL), sent("first"), sent("kill", "10", KILL)) == {"first": "kill"}


def test_a_kill_goes_back_a_week() -> None:
    versions = [sent("first", "01"), *(sent(f"update of the {day}", day, UPDATE) for day in ("03", "05", "07", "09"))]
    assert "first" not in _killed(*versions, sent("kill", "09", KILL))
    assert _killed(*versions, sent("kill", "09", KILL)).keys() == {f"update of the 0{day}" for day in (3, 5, 7, 9)}
    assert "first" in _killed(*versions[:-1], sent("kill", "08", KILL))


def test_a_kill_that_acts_on_nothing_withdraws_nothing() -> None:
    assert _killed(sent("first", "01"), sent("kill", "10", KILL)) == {}
