"""The part of a map that is about some schemas."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.cli.map_part import part_of
from copilot.cli.map_text import FIELDS_SHOWN, map_text
from copilot.domain.pipeline import PipelineMap
from copilot.errors import WrongUsage
from tests import faces


def a_map_of_two() -> PipelineMap:
    """Returns the map made by hand, with one more schema that nobody uses."""
    whole = faces.a_map()
    other = replace(faces.a_subject(), name="schemas/parcel", copies=())
    versions = tuple(replace(version, name="shop.Parcel") for version in other.versions)
    return replace(whole, subjects=(*whole.subjects, replace(other, versions=versions)))


def test_only_what_is_about_the_schema_stays_and_every_gap_with_it() -> None:
    whole = a_map_of_two()

    part = part_of(whole, ["order"])

    assert [subject.name for subject in part.subjects] == ["order"]
    assert [str(endpoint) for endpoint in part.endpoints] == ["orders"]
    assert {use.subject for use in part.uses} == {"order"}
    assert {link.endpoint.name for link in part.links} == {"orders"}
    assert part.gaps == whole.gaps


@pytest.mark.parametrize("said", ["schemas/parcel", "parcel", "Parcel", "shop.Parcel", "parcels"])
def test_a_schema_is_found_by_any_name_that_people_have_for_it(said: str) -> None:
    part = part_of(a_map_of_two(), [said])

    assert [subject.name for subject in part.subjects] == ["schemas/parcel"]
    assert (part.jobs, part.links, part.uses, part.blind_spots) == ((), (), (), ())


def test_a_name_that_nothing_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(WrongUsage, match='No schema is called "odrer"') as caught:
        part_of(a_map_of_two(), ["odrer"])
    assert '"order"' in caught.value.next


def test_a_part_lists_every_field_and_says_that_it_is_one() -> None:
    uses = tuple(faces.a_use(f"f{number:02}", "reads", number + 1, "certain") for number in range(FIELDS_SHOWN + 9))
    part = part_of(faces.a_map_with_uses(uses), ["order"])

    text = map_text(part, is_part=True)

    assert "Only what is about order." in text
    assert f"f{FIELDS_SHOWN + 8:02}" in text
    assert "more field" not in text
