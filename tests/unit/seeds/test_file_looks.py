from datetime import UTC, datetime

import pytest

from worker.seeds.file_looks import FileLook

NOW = datetime(2026, 7, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("modified", "told"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1_625_961_600_000_000_000, datetime(2021, 7, 11, tzinfo=UTC)),
        (1_625_961_600_123_456_789, datetime(2021, 7, 11, 0, 0, 0, 123456, tzinfo=UTC)),
        (-1_000_000_000, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (4_102_444_800_000_000_000, NOW),
        (2**63 * 1000, NOW),
    ],
)
def test_a_file_was_written_when_it_says_but_never_after_now(modified: int, told: datetime) -> None:
    assert FileLook(5, modified, modified).modified_at(NOW) == told


def test_a_file_that_was_only_renamed_looks_as_before() -> None:
    assert FileLook(5, 100, 100) == FileLook(5, 100, 200)


@pytest.mark.parametrize("written", [FileLook(6, 100, 100), FileLook(5, 101, 101)])
def test_a_file_that_was_written_to_looks_otherwise(written: FileLook) -> None:
    assert FileLook(5, 100, 100) != written


@pytest.mark.parametrize(
    ("modified", "changed", "would_change"),
    [(0, 0, True), (97, 97, True), (97, 99, False), (99, 97, False), (100, 100, False), (200, 200, False)],
)
def test_a_look_is_trusted_once_the_file_has_been_left_alone_for_the_longest_step_of_a_disks_clock(
    modified: int, changed: int, would_change: bool
) -> None:
    second = 1_000_000_000
    look = FileLook(5, modified * second, changed * second, seen=100 * second)
    assert look.would_change is would_change


@pytest.mark.parametrize(
    "other", [FileLook(6, 1, 2, 3), FileLook(5, 9, 2, 3), FileLook(5, 1, 9, 3), FileLook(5, 1, 2, 9)]
)
def test_another_look_has_another_hash(other: FileLook) -> None:
    assert FileLook(5, 1, 2, 3, seen=7).look_hash == FileLook(5, 1, 2, 3, seen=8).look_hash != other.look_hash
