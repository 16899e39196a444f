import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from worker.basics.faults import as_failure, explain_fault, is_interruption, read_each
from worker.errors import ErrorClass


class WordlessError(Exception):
    def __str__(self) -> str:
        raise ValueError("it has no words")


class PanicException(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("'1st' is not in list"), "ValueError: '1st' is not in list"),
        (RuntimeError(), "RuntimeError"),
        (ValueError("two\nlines\x00 and \udce9"), "ValueError: two lines and"),
        (ValueError("x" * 1_000), f"ValueError: {'x' * 188}"),
        (WordlessError(), "WordlessError"),
    ],
)
def test_a_fault_is_said_in_a_sentence(error: Exception, said: str) -> None:
    assert explain_fault(error) == f"a fault of Feedmill ({said}); its log has the traceback"


def _raise_on_odd(number: int) -> int:
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


def test_a_fault_costs_the_item_that_meets_it_and_no_other() -> None:
    found, faults = read_each([1, 2, 3, 4], _raise_on_odd, lambda number: "three" if number == 3 else None)
    assert found == (2, 4)
    assert [(fault.entry, fault.sentence) for fault in faults] == [
        ("number 1", "a fault of Feedmill (ValueError: 1 is odd); its log has the traceback"),
        ("three", "a fault of Feedmill (ValueError: 3 is odd); its log has the traceback"),
    ]
    assert "in _raise_on_odd" in (faults[0].trace or "")


def test_of_very_many_faults_a_few_have_their_tracebacks() -> None:
    _, faults = read_each(range(1, 2_000, 2), _raise_on_odd)
    assert (len(faults), sum(fault.trace is not None for fault in faults)) == (1_000, 3)


@pytest.mark.parametrize("error", [MemoryError(), SoftTimeLimitExceeded(), KeyboardInterrupt(), SystemExit()])
def test_the_end_of_memory_or_time_is_no_fault_of_an_item(error: BaseException) -> None:
    def run_out(_: int) -> int:
        raise error

    with pytest.raises(type(error)):
        read_each([1], run_out)


def test_only_the_end_of_a_task_or_a_command_is_an_interruption() -> None:
    ends = (SoftTimeLimitExceeded(), KeyboardInterrupt(), SystemExit(), GeneratorExit())
    assert all(map(is_interruption, ends))
    assert not any(map(is_interruption, (ValueError(), MemoryError(), PanicException())))


def test_a_library_in_rust_that_panics_costs_one_item() -> None:
    def panic(number: int) -> int:
        if number == 2:
            raise PanicException("index out of bounds")
        return number

    found, faults = read_each([1, 2, 3], panic)
    assert found == (1, 3)
    assert "(PanicException: index out of bounds)" in faults[0].sentence


def test_a_document_that_meets_a_fault_fails_with_its_traceback() -> None:
    try:
        _raise_on_odd(1)
    except ValueError as error:
        failure = as_failure(error)
    assert (failure.error_class, failure.sentence) == (
        ErrorClass.INTERNAL,
        "a fault of Feedmill (ValueError: 1 is odd); its log has the traceback",
    )
    assert (failure.trace or "").endswith("ValueError: 1 is odd\n")
