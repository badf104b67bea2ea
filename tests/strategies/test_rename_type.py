"""Ways to rename a named type: what an alias has to say, what refers to the type, and a field of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from copilot.domain.alternative import Alternative
from tests.planners.builders import ORDER, Built, pipeline, shop, subject
from tests.strategies.test_families import field, offered, schema_after

ADDRESS = {"type": "record", "name": "Address", "fields": [{"name": "city", "type": "string"}]}


def with_union(**more: Any) -> Built:
    """An order whose address is a branch of a union, and that uses the type once more by its name."""
    schema: dict[str, Any] = json.loads(json.dumps(ORDER))
    schema["fields"].append({"name": "home", "type": ["null", {**ADDRESS, **more}], "default": None})
    return shop(schema)


def inner(alternative: Alternative, built: Built) -> Any:
    return field(schema_after(alternative, built), "home")["type"][1]


def test_the_outermost_record_keeps_its_old_name_as_an_alias() -> None:
    built = shop()
    after = schema_after(offered("rename record Order to Purchase", built)[0]["alias"], built)

    assert (after["name"], after["namespace"], after["aliases"]) == ("Purchase", "shop", ["shop.Order"])


def test_a_record_in_a_union_gets_the_alias_itself() -> None:
    built = with_union()
    after = inner(offered("rename record Address to Place in order", built)[0]["alias"], built)

    assert (after["name"], after["aliases"]) == ("Place", ["shop.Address"])
    assert (
        "It is a branch of a union in home"
        in offered("rename record Address to Place in order", built)[0]["alias"].argument
    )


def test_earlier_aliases_stay() -> None:
    built = with_union(aliases=["Location"])
    after = inner(offered("rename record Address to Place in order", built)[0]["alias"], built)

    assert after["aliases"] == ["shop.Address", "Location"]


def test_another_namespace_needs_every_old_name_in_full_also_of_types_inside() -> None:
    built = with_union()
    after = schema_after(offered("move Order to namespace sales", built)[0]["alias"], built)

    assert (after["namespace"], after["aliases"]) == ("sales", ["shop.Order"])
    assert field(after, "home")["type"][1]["aliases"] == ["shop.Address"]
    assert field(after, "status")["type"]["aliases"] == ["shop.Status"]


def test_a_type_inside_can_come_in_a_field_of_its_own() -> None:
    built = with_union()
    phased = offered("rename record Address to Place in order", built)[0]["phased"]

    during, after = schema_after(phased, built, 0), schema_after(phased, built)

    assert field(during, "home_v2")["type"][1]["name"] == "Place"
    assert field(after, "home") is None
    assert "Address" not in json.dumps(after)


def test_the_outermost_record_has_no_field_beside_which_another_could_stand() -> None:
    assert "outermost record" in offered("rename record Order to Purchase", shop())[1]["expand and contract"]


def test_an_alias_can_not_say_a_name_without_a_namespace_inside_of_one() -> None:
    schema = {key: value for key, value in ORDER.items() if key != "namespace"}
    built = shop(schema)

    real, refused = offered("move Order to namespace sales", built)

    assert "alias" not in real
    assert "which has none" in refused["alias on the type"]


def test_a_file_that_takes_the_type_by_its_name_follows() -> None:
    address = {**ADDRESS, "namespace": "shop"}
    parcel = {"type": "record", "name": "Parcel", "namespace": "shop", "fields": [{"name": "to", "type": "Address"}]}
    resolved = {**parcel, "fields": [{"name": "to", "type": address}]}
    addresses = subject("address", "schemas/address.avsc", address)
    parcels = subject("parcel", "schemas/parcel.avsc", resolved)
    text = json.dumps(parcel)
    referring = replace(parcels, versions=(replace(parcels.latest, text=text),))
    built = Built(
        pipeline([addresses, referring]),
        {"schemas/address.avsc": addresses.latest.text, "schemas/parcel.avsc": text},
    )
    alias = offered("rename record Address to Place in address", built)[0]["alias"]

    assert schema_after(alias, built, path="schemas/parcel.avsc")["fields"][0]["type"] == "shop.Place"
