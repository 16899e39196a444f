"""Any order of the same polls, files, late workers and retries ends in the same store."""

from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import Engine

from benchmarks.interleaving_actors import LEASE, Task, claim
from benchmarks.interleaving_machine import Machine
from benchmarks.interleaving_store import look
from benchmarks.interleavings import forgo_syncing

# A few hundred steps; `python -m benchmarks.interleavings` takes many more.
STEPS = settings(
    max_examples=4,
    stateful_step_count=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[*HealthCheck],
)
GENERATIONS, ORDERS = 3, 3


def test_random_interleavings_of_pollers_ingesters_and_an_operator_store_what_a_sequential_model_says(
    store: Engine,
) -> None:
    forgo_syncing(store)

    class Interleaving(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.machine = Machine(store)

        @rule(random=st.randoms(use_true_random=True))
        def step(self, random: Random) -> None:
            self.machine.step(random)

    run_state_machine_as_test(Interleaving, settings=STEPS)


@pytest.mark.parametrize("seed", range(2))
def test_the_same_readings_show_the_same_in_whatever_order_they_are_stored(store: Engine, seed: int) -> None:
    forgo_syncing(store)
    shown = []
    for order in range(ORDERS):
        machine = Machine(store)
        tasks = _read(machine, Random(seed))
        Random(order).shuffle(tasks)
        for task in tasks:
            machine.store(task)
        held = look(store, machine.model, 0)
        shown.append((held.articles, held.revisions))
    assert len(shown[0][0]) > 15
    assert shown[1:] == shown[:1] * (ORDERS - 1)


def _read(machine: Machine, random: Random) -> list[Task]:
    """Return what pollers that lost their leases to one another read, and an ingester meanwhile, all still unstored."""
    tasks = []
    for _ in range(GENERATIONS):
        while visit := claim(machine.engine, machine.now):
            machine.model.tokens[visit.host.host_id] = visit.host.token
            while visit.waiting:
                tasks.append(machine.ask(visit, random))
        for _ in range(15):
            machine.publish(random)
            machine.save(random)
            machine.now += LEASE / 15
        tasks += filter(None, map(machine.find, machine.folder.files.values()))
        machine.now += LEASE
    return tasks
