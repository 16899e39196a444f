from dataclasses import dataclass

from worker.fetch.body import Budget


@dataclass(eq=False)
class Reader:
    """A reader that takes what it is given when it is told to go on."""

    budget: Budget
    size: int = 0
    waits_for: int = 0
    resumed: int = 0

    def read(self, size: int) -> bool:
        if not self.budget.admits(self):
            self.waits_for = size
            return False
        self.size += size
        self.budget.taken += size
        return True

    def resume(self) -> None:
        self.resumed += 1
        self.read(self.waits_for)


def test_readers_are_admitted_while_there_is_room() -> None:
    budget = Budget(100)

    assert Reader(budget).read(60)
    assert Reader(budget).read(60)
    assert not Reader(budget).read(1)


def test_what_the_caller_holds_counts_too() -> None:
    budget = Budget(100)
    budget.held = 100

    assert not Reader(budget).read(1)


def test_a_reader_that_ends_gives_its_room_to_one_that_waits() -> None:
    budget = Budget(100)
    first, second = Reader(budget), Reader(budget)
    first.read(100)
    second.read(50)

    budget.release(first)
    budget.resume()

    assert (second.size, budget.taken) == (50, 50)


def test_with_room_again_readers_go_on_in_the_order_they_paused() -> None:
    budget = Budget(100)
    budget.held = 100
    readers = [Reader(budget) for _ in range(10)]
    for reader in readers:
        reader.read(30)

    budget.held = 0
    budget.resume()

    # Three and a half fit; the fourth is let in for the half, and four more read on past the limit.
    assert [reader.size for reader in readers] == [30] * 8 + [0] * 2


def test_past_the_limit_the_four_smallest_read_on() -> None:
    budget = Budget(100)
    readers = [Reader(budget) for _ in range(6)]
    for size, reader in zip([60, 10, 20, 5, 3, 2], readers, strict=True):
        reader.read(size)
    for reader in readers:
        assert not reader.read(1)

    budget.resume()

    assert [reader.resumed for reader in readers] == [0, 1, 0, 1, 1, 1]


def test_a_reader_that_reads_on_is_not_paused_again() -> None:
    budget = Budget(100)
    budget.held = 1000
    reader = Reader(budget)
    reader.read(10)

    budget.resume()

    assert all(reader.read(10) for _ in range(20))


def test_a_stalled_reader_makes_way_for_another_when_it_ends() -> None:
    budget = Budget(100)
    budget.held = 1000
    readers = [Reader(budget) for _ in range(5)]
    for reader in readers:
        reader.read(10)
    budget.resume()
    assert readers[4].resumed == 0

    budget.release(readers[0])
    budget.resume()

    assert readers[4].resumed == 1


def test_the_privilege_to_read_on_ends_with_the_need_for_it() -> None:
    budget = Budget(100)
    budget.held = 1000
    stalled = [Reader(budget) for _ in range(4)]
    for reader in stalled:
        reader.read(10)
    budget.resume()

    budget.held = 0
    budget.resume()
    budget.held = 1000
    late = Reader(budget)
    late.read(10)
    budget.resume()

    assert late.resumed == 1


def test_a_paused_reader_that_ends_is_forgotten() -> None:
    budget = Budget(100)
    budget.held = 1000
    reader = Reader(budget)
    reader.read(10)

    budget.release(reader)
    budget.resume()

    assert reader.resumed == 0
