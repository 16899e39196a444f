"""What the interface answers is what its own description says, whatever it is asked; the questions are made from that.

They are the same each time. ``FEEDMILL_TEST_QUESTIONS=500`` asks so many of each endpoint.
"""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from sqlalchemy import Engine

from tests.filled import fill_as_polls_do
from tests.servers.web import web_server
from worker.settings import Settings

TOKEN = "t" * 32
QUESTIONS = int(os.environ.get("FEEDMILL_TEST_QUESTIONS", "3"))
# What is too long is refused too; and of a text only we can tell whether it is a moment, a feed or a cursor.
REFUSALS = ["400", "401", "403", "404", "405", "413", "414", "415"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": REFUSALS},
            "positive_data_acceptance": {"enabled": False},
        }
    }
)
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
# What a description means has nothing to do with the database.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def interface(store: Engine) -> Iterator[str]:
    fill_as_polls_do(store)
    with web_server(store, Settings(web_token=TOKEN, web_rate=1_000_000, broker_url="memory://")) as at:
        yield at


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_answers_are_as_the_description_says(interface: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{interface}/v1/openapi.json", headers=SHOWN, config=CONFIG)
    for found in schema.get_all_operations():
        operation = found.ok()
        # What takes nothing can be given nothing wrong.
        if mode is GenerationMode.POSITIVE or [*operation.query, *operation.path_parameters, *operation.body]:
            _ask(operation, mode)


def _ask(operation: APIOperation, mode: GenerationMode) -> None:
    @settings(
        max_examples=QUESTIONS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        case.call_and_validate(headers=SHOWN)

    ask()
