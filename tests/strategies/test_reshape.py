"""Splitting, merging, nesting, flattening, lists and money: what is written, what readers put back, and which rows there are."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import Any

import pytest

from copilot.domain.alternative import Alternative
from copilot.domain.pipeline import Decoder
from copilot.formats.avro import AvroFormat
from copilot.patches.compile import PatchCompiler
from copilot.ports import SchemaFormat
from tests.planners.builders import ORDER, Built, link, pipeline, subject, uses_in
from tests.strategies.test_families import field, offered, schema_after, text_after

ADDRESS = {
    "type": "record",
    "name": "Address",
    "fields": [{"name": "street", "type": "string"}, {"name": "city", "type": "string"}],
}
PERSON: dict[str, Any] = {
    "type": "record",
    "name": "Person",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "name", "type": "string"},
        {"name": "street", "type": "string"},
        {"name": "city", "type": "string"},
        {"name": "home", "type": ADDRESS},
        {"name": "tag", "type": ["null", "string"], "default": None},
    ],
}
PRODUCER = """
def build(row):
    return {
        "id": row.id,
        «writes/literal/name:"name"»: row.name,
        «writes/literal/street:"street"»: row.street,
        «writes/literal/city:"city"»: row.city,
        «writes/literal/home:"home"»: row.home,
        «writes/literal/tag:"tag"»: row.tag,
    }
"""
CONSUMER = """
def greet(person):
    print(person[«reads/subscript/name:"name"»], person[«reads/subscript/city:"city"»])
    return person.get(«reads/get/tag:"tag"»)
"""


def people() -> Built:
    """Returns people → mails."""
    persons = subject("person", "schemas/person.avsc", PERSON)
    produced, written = uses_in("services/people/main.py", PRODUCER, "people", "person")
    consumed, read = uses_in("services/mails/main.py", CONSUMER, "mails", "person")
    links = (link("people", "people", "produces", "person"), link("mails", "people", "consumes", "person"))
    texts = {
        "schemas/person.avsc": persons.latest.text,
        "services/people/main.py": produced,
        "services/mails/main.py": consumed,
    }
    return Built(pipeline([persons], links, (*written, *read)), texts)


def after(alternative: Alternative, built: Built, phase: int, path: str) -> str:
    formats: dict[str, SchemaFormat] = {"avro": AvroFormat()}
    compiled = PatchCompiler(formats).compile(alternative, built.tree)
    assert isinstance(compiled, tuple), compiled
    text = text_after(compiled[phase], built, path)
    ast.parse(text)
    return text


def schema_of(alternative: Alternative, built: Built, phase: int) -> Any:
    return schema_after(alternative, built, phase, "schemas/person.avsc")


def test_a_text_is_split_where_it_is_written_and_joined_where_it_is_read() -> None:
    built = people()
    phased = offered("split name in person into first and last at ' '", built)[0]["phased"]

    produced = after(phased, built, 0, "services/people/main.py")
    moved = after(phased, built, 1, "services/mails/main.py")
    contracted = after(phased, built, 3, "services/people/main.py")

    assert '"first": row.name.split(" ", 1)[0],' in produced
    assert '"last": (row.name.split(" ", 1) + [None])[1],' in produced
    assert (
        'person["name"] if person.get("first") is None else person["first"] if person["last"] is None'
        ' else person["first"] + " " + person["last"]'
    ) in moved
    assert '"name"' not in contracted
    assert [one["name"] for one in schema_of(phased, built, 3)["fields"]][1:3] == ["first", "last"]


def test_new_fields_with_a_default_alone_are_the_naive_row() -> None:
    built = people()
    naive = offered("split name in person into first and last at ' '", built)[0]["naive"]

    schema = schema_of(naive, built, 0)

    assert len(naive.phases) == 1
    assert field(schema, "name") is None
    assert field(schema, "first") == {"name": "first", "type": "string", "default": ""}


def test_texts_that_are_merged_may_stay_for_good() -> None:
    built = people()
    real, _ = offered("merge street and city in person into place with ', '", built)

    produced = after(real["kept"], built, 0, "services/people/main.py")

    assert list(real) == ["kept", "phased", "new-subject", "naive"]
    assert '"place": row.street + ", " + row.city,' in produced
    assert field(schema_of(real["kept"], built, 0), "city")


def test_fields_are_nested_in_a_record_and_read_out_of_it() -> None:
    built = people()
    phased = offered("nest street and city in person into place", built)[0]["phased"]

    produced = after(phased, built, 0, "services/people/main.py")
    contracted = after(phased, built, 3, "services/mails/main.py")
    schema = schema_of(phased, built, 3)

    assert '"place": {"street": row.street, "city": row.city},' in produced
    assert 'person["place"]["city"]' in contracted
    assert field(schema, "place")["type"][1]["name"] == "Place"
    assert field(schema, "street") is None
    assert field(schema, "city") is None
    assert '"street": row' in produced
    assert '"city"' not in after(phased, built, 2, "services/people/main.py").replace('"city": row.city}', "")


def test_a_record_is_flattened_into_names_that_are_free() -> None:
    built = people()
    phased = offered("flatten home in person", built)[0]["phased"]

    produced = after(phased, built, 0, "services/people/main.py")

    assert '"home_street": row.home["street"],' in produced
    assert field(schema_of(phased, built, -1), "home") is None
    assert field(schema_of(phased, built, -1), "home_city")["type"] == ["null", "string"]


def test_one_value_becomes_a_list_whose_first_readers_see() -> None:
    built = people()
    phased = offered("make tag in person an array", built)[0]["phased"]

    produced = after(phased, built, 0, "services/people/main.py")
    moved = after(phased, built, 1, "services/mails/main.py")

    assert '"tags": [] if row.tag is None else [row.tag],' in produced
    assert 'person.get("tags")[0] if len(person.get("tags")) > 0 else None' in moved


def test_what_was_last_is_cut_over_where_a_single_schema_reads_the_fields_that_came_behind_it() -> None:
    built = people()
    links = tuple(
        replace(it, decoder=Decoder("fastavro", "single")) if it.direction == "consumes" else it
        for it in built.pipeline.links
    )
    single = replace(built, pipeline=replace(built.pipeline, links=links))

    phased = offered("split tag in person into first and last at ' '", single)[0]["phased"]

    assert schema_of(phased, single, -2)["fields"][-1]["name"] == "last"
    assert "cutover" in [step.kind for step in phased.phases[-1].steps]


@pytest.mark.parametrize(
    "text", ["split note in order into a and b at ' '", "nest note and currency in order into more"]
)
def test_a_place_that_lacks_a_sibling_is_left_to_a_person(text: str) -> None:
    from tests.planners.builders import shop

    built = shop(ORDER)
    phased = offered(text, built)[0]["phased"]
    fitted = PatchCompiler({"avro": AvroFormat()}).fitted(phased, built.tree)
    manual = [place for phase in fitted.phases for step in phase.steps for place in step.manual]

    assert any("currency" in place for place in manual) == text.startswith("nest")


@pytest.mark.parametrize("text", ["merge name and tag in person into label", "nest name and tag in person into label"])
def test_a_single_copy_that_lacks_one_of_the_fields_ends_with_the_same_record(text: str) -> None:
    path = "services/mails/person.avsc"
    behind = {**PERSON, "fields": PERSON["fields"][:-1]}
    persons = subject("person", "schemas/person.avsc", PERSON, copies={path: behind})
    links = (
        link("people", "people", "produces", "person"),
        link("mails", "people", "consumes", "person", Decoder("fastavro", "single")),
    )
    texts = {"schemas/person.avsc": persons.latest.text, path: json.dumps(behind)}
    built = Built(pipeline([persons], links), texts)

    phased = offered(text, built)[0]["phased"]

    for phase in range(len(phased.phases)):
        own, shared = (schema_after(phased, built, phase, place) for place in (path, "schemas/person.avsc"))
        assert [one["name"] for one in own["fields"]] == [one["name"] for one in shared["fields"]]
