import gc

import pytest

from worker.basics.garbage import lasting_imports, rare_collections


def test_garbage_is_looked_for_seldom_and_afterwards_as_before() -> None:
    usual = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() > usual
    assert gc.get_threshold() == usual


def test_a_process_that_never_looks_for_garbage_still_does_not() -> None:
    usual = gc.get_threshold()
    gc.set_threshold(0)
    with rare_collections():
        assert gc.get_threshold()[0] == 0
    gc.set_threshold(*usual)


@pytest.fixture
def kept() -> list[list[int]]:
    with lasting_imports():
        return [[1]]


def test_what_was_imported_for_good_is_never_looked_at_again(kept: list[list[int]]) -> None:
    # All objects that Python looks at, of whatever age.
    assert not any(each is kept for each in gc.get_objects())
    gc.unfreeze()
    assert any(each is kept for each in gc.get_objects())
    # As the tests have it.
    gc.freeze()
