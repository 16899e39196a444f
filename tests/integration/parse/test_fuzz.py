import random

from benchmarks import intake_fuzz
from benchmarks.fuzz import Tally, run, seeds, spoilt
from benchmarks.parsers import FOLDERS

OURS = FOLDERS[:1]


def test_hundreds_of_spoilt_documents_are_all_answered_without_a_fault() -> None:
    tally = Tally()
    # Others at every run; the order of tests, which is printed, repeats them.
    run(spoilt(random.Random(random.randrange(1 << 32)), seeds(OURS), 600), tally)
    assert tally.outcomes.total() == 600
    assert tally.faults == {}
    assert not [outcome for outcome in tally.outcomes if outcome.startswith("child lost")]


def test_the_same_number_spoils_documents_the_same_way() -> None:
    bodies = seeds(OURS)
    first, second = (list(spoilt(random.Random(7), bodies, 50)) for _ in range(2))
    assert first == second


def test_hundreds_of_spoilt_newsroom_files_are_read_or_refused_without_a_fault() -> None:
    tally = intake_fuzz.Tally()
    intake_fuzz.run(random.Random(random.randrange(1 << 32)), intake_fuzz.forms(), 600, tally)
    assert tally.faults == {}
    assert tally.articles > 0
