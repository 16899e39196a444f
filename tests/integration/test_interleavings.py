"""Any order of the same polls, files, late workers and retries ends in the same store."""

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import Engine

from benchmarks.interleaving_machine import Machine

# As many steps on each database; `python -m benchmarks.interleavings` takes many more.
STEPS = settings(
    max_examples=5,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[*HealthCheck],
)


def test_a_random_interleaving_of_pollers_ingesters_and_an_operator_stores_what_a_sequential_model_says(
    store: Engine,
) -> None:
    class Interleaving(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.machine = Machine(store)

        @rule(random=st.randoms(use_true_random=False))
        def step(self, random: Random) -> None:
            self.machine.step(random)

    run_state_machine_as_test(Interleaving, settings=STEPS)
