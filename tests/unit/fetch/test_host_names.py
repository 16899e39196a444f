import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.waiting import wait_for
from worker.fetch.host_names import LookupResult, NameLookups, known_address

PATIENT, HASTY = timedelta(minutes=1), timedelta(milliseconds=20)
HERE = ("192.0.2.1", "2001:db8::1")


class Resolver:
    """Answers at once, but for names that hang until they are let go."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.let_go = threading.Event()
        self.woken = threading.Event()
        self.threads: set[threading.Thread] = set()

    def look_up(self, host: str) -> tuple[str, ...]:
        self.asked[host] += 1
        self.threads.add(threading.current_thread())
        if host.startswith("hangs"):
            self.let_go.wait(60)
        return () if host.startswith("none") else HERE


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    resolver = Resolver()
    yield resolver
    resolver.let_go.set()


@pytest.fixture
def names(resolver: Resolver) -> Iterator[NameLookups[str]]:
    names = NameLookups[str](PATIENT, resolver.woken.set, resolver.look_up)
    yield names
    names.close()


def collect(names: NameLookups[str], count: int) -> list[LookupResult[str]]:
    answers: list[LookupResult[str]] = []

    def have_come() -> bool:
        answers.extend(names.step())
        return len(answers) >= count

    wait_for(have_come, f"{count} answers")
    return answers


def test_a_name_is_answered_with_its_addresses(names: NameLookups[str], resolver: Resolver) -> None:
    names.ask("a.example", "me")

    assert collect(names, 1) == [LookupResult("me", HERE)]
    assert resolver.woken.is_set()


def test_a_name_without_addresses_is_answered_and_asked_for_again(names: NameLookups[str], resolver: Resolver) -> None:
    for _ in range(2):
        names.ask("none.example", "me")
        assert collect(names, 1) == [LookupResult("me")]

    assert resolver.asked == {"none.example": 2}


def test_an_answer_is_believed_for_a_while(names: NameLookups[str], resolver: Resolver) -> None:
    for _ in range(3):
        names.ask("a.example", "me")
        collect(names, 1)

    assert resolver.asked == {"a.example": 1}


def test_all_who_wait_for_a_name_share_its_lookup(names: NameLookups[str], resolver: Resolver) -> None:
    names.ask("a.example", "me")
    names.ask("a.example", "you")

    assert collect(names, 2) == [LookupResult("me", HERE), LookupResult("you", HERE)]
    assert resolver.asked == {"a.example": 1}


def test_a_lookup_that_takes_too_long_is_given_up(resolver: Resolver) -> None:
    names = NameLookups[str](HASTY, resolver.woken.set, resolver.look_up)
    names.ask("hangs.example", "me")

    assert collect(names, 1) == [LookupResult("me", is_late=True)]


def test_a_name_that_still_hangs_is_not_looked_up_twice(resolver: Resolver) -> None:
    names = NameLookups[str](HASTY, resolver.woken.set, resolver.look_up)
    for _ in range(3):
        names.ask("hangs.example", "me")
        collect(names, 1)
    names.ask("hangs.example", "you")
    resolver.let_go.set()

    assert collect(names, 1)[0].asker == "you"
    assert resolver.asked == {"hangs.example": 1}


def test_a_lookup_that_hangs_says_when_it_will_be_given_up(names: NameLookups[str]) -> None:
    assert names.due_at == float("inf")
    names.ask("hangs.example", "me")
    names.step()

    assert names.due_at < float("inf")


def test_names_that_hang_leave_room_for_those_that_are_known_to_answer(
    names: NameLookups[str], resolver: Resolver
) -> None:
    names.ask("known.example", "me")
    collect(names, 1)
    names._known["known.example"] = (0.0, HERE)
    for number in range(200):
        names.ask(f"hangs-{number}.example", "somebody")
    names.ask("new.example", "somebody")
    names.ask("known.example", "me")

    assert collect(names, 1) == [LookupResult("me", HERE)]
    assert resolver.asked["new.example"] == 0
    assert sum(resolver.asked.values()) <= 2 + 96


def test_names_that_were_slow_leave_room_for_new_ones(resolver: Resolver) -> None:
    names = NameLookups[str](HASTY, resolver.woken.set, resolver.look_up)
    for number in range(90):
        names.ask(f"hangs-{number}.example", "somebody")
    assert all(answer.is_late for answer in collect(names, 90))
    resolver.let_go.set()
    wait_for(lambda: not names.step() and not names._running, "all lookups end")
    resolver.let_go.clear()
    names._patience = 60.0

    names._known.clear()
    for number in range(90):
        names.ask(f"hangs-{number}.example", "somebody")
    names.ask("new.example", "me")

    assert collect(names, 1) == [LookupResult("me", HERE)]
    assert len(names._running) == 64


def test_nobody_is_looked_up_for_who_has_withdrawn(names: NameLookups[str], resolver: Resolver) -> None:
    names.ask("a.example", "me")
    names.ask("b.example", "me")

    assert names.withdraw("a.example", "me")
    assert not names.withdraw("a.example", "me")
    assert collect(names, 1) == [LookupResult("me", HERE)]
    assert resolver.asked == {"b.example": 1}


def test_one_who_withdraws_leaves_the_others_their_answer(names: NameLookups[str]) -> None:
    names.ask("a.example", "me")
    names.ask("a.example", "you")
    names.step()
    names.withdraw("a.example", "me")

    assert collect(names, 1) == [LookupResult("you", HERE)]


def test_threads_without_work_end(names: NameLookups[str], resolver: Resolver) -> None:
    for number in range(20):
        names.ask(f"{number}.example", "me")
    collect(names, 20)
    names._begun_at -= 60
    names.step()

    wait_for(lambda: not any(thread.is_alive() for thread in resolver.threads), "the threads end")
    names.ask("again.example", "me")
    assert collect(names, 1) == [LookupResult("me", HERE)]


def test_closing_waits_for_nobody(names: NameLookups[str], resolver: Resolver) -> None:
    names.ask("hangs.example", "me")
    names.step()
    (thread,) = wait_for(lambda: resolver.threads, "the lookup begins")
    names.close()
    assert thread.is_alive()

    resolver.let_go.set()
    wait_for(lambda: not thread.is_alive(), "the thread ends")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "127.0.0.1"),
        ("news.localhost.", "127.0.0.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("mylocalhost", "mylocalhost"),
        ("news.example", "news.example"),
    ],
)
def test_only_localhost_and_names_under_it_are_known_to_be_this_machine(host: str, address: str) -> None:
    assert known_address(host) == address
