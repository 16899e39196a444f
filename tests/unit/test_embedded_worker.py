import re
from pathlib import Path

from worker.embedded_worker import THREADS

TASKS = Path(__file__).parents[2] / "tasks"


def test_a_process_of_its_own_has_a_thread_for_each_task_that_it_sends_itself() -> None:
    declared = [
        found
        for path in TASKS.glob("*.py")
        for found in re.findall(r"^@task\(.*at_most=(\d+)", path.read_text(), re.MULTILINE)
    ]
    assert declared
    assert sum(map(int, declared)) == THREADS
