"""The description is whole: every field says what it holds, every name leads somewhere."""

from collections.abc import Iterator
from typing import Any

import orjson

from worker.look.article_listing import INTERNAL
from worker.web.interface.interface_routes import ENDPOINTS, ROUTES
from worker.web.interface.openapi import describe_interface

DOCUMENT: Any = orjson.loads(orjson.dumps(describe_interface(ENDPOINTS), option=orjson.OPT_NON_STR_KEYS))
SCHEMAS = DOCUMENT["components"]["schemas"]


def _find(inside: Any, key: str) -> Iterator[Any]:
    if isinstance(inside, dict):
        if key in inside:
            yield inside[key]
        for value in inside.values():
            yield from _find(value, key)
    elif isinstance(inside, list):
        for value in inside:
            yield from _find(value, key)


def test_every_reference_leads_to_a_schema() -> None:
    named = {each.removeprefix("#/components/schemas/") for each in _find(DOCUMENT, "$ref")}
    assert named <= SCHEMAS.keys()


def test_every_field_of_a_row_says_what_it_holds() -> None:
    rows = ("Article", "Feed", "Poll", "ListedStory", "Host", "Change")
    silent = [
        f"{row}.{name}"
        for row in rows
        for name, schema in SCHEMAS[row]["properties"].items()
        if not schema.get("description")
    ]
    assert silent == []


def test_what_feedmill_keeps_for_itself_is_in_no_list() -> None:
    assert not INTERNAL & SCHEMAS["Article"]["properties"].keys()
    assert "content_hash" not in SCHEMAS["WholeArticle"]["properties"]


def test_a_column_that_may_be_null_is_said_to_be() -> None:
    assert SCHEMAS["Article"]["properties"]["published_at"] == {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "When the publisher says it appeared; null when unknown or absurd",
    }
    assert SCHEMAS["Article"]["properties"]["title"]["type"] == "string"
    # The feed of a poll may have been deleted.
    assert SCHEMAS["Poll"]["properties"]["url"]["type"] == ["string", "null"]


def test_every_operation_has_a_name_of_its_own_and_every_route_is_described() -> None:
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) == len(ROUTES)


def test_a_path_has_each_parameter_that_it_names() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            told = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert told == {part.strip("{}") for part in path.split("/") if part.startswith("{")}
