"""The map for programs fits its published schema."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from copilot.cli.map_json import VERSION, map_json
from tests import faces

SCHEMA = json.loads(files("copilot.cli").joinpath("map-1.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("make", [faces.a_map, faces.an_empty_map, faces.a_map_with_others])
def test_a_map_fits_the_schema(make: type) -> None:
    value = json.loads(json.dumps(map_json(make())))

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(value, SCHEMA)
    assert value["version"] == VERSION == SCHEMA["properties"]["version"]["const"]


def test_the_schema_refuses_a_map_without_gaps() -> None:
    value = map_json(faces.a_map())
    del value["gaps"]

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, SCHEMA)


def test_unknown_things_are_null() -> None:
    value = map_json(faces.a_map())

    unset = next(endpoint for endpoint in value["endpoints"] if endpoint["variable"])
    assert unset == {"kind": "topic", "name": None, "variable": "OUT_TOPIC"}
    assert any(link["subject"] is None and link["decoder"] is None for link in value["links"])


def test_clones_and_consumers_are_told_with_what_was_read() -> None:
    value = map_json(faces.a_map_with_others())

    assert [(it["name"], it["commit"]) for it in value["clones"]] == [("billing", "b" * 40), ("ledger", None)]
    assert [(it["job"], it["decoder"]) for it in value["consumers"]] == [("external:reports", "java")]
