"""What a model is shown of a map: the part that the words are about, no larger for a larger repository."""

from __future__ import annotations

from copilot.planners.neighbourhood import BYTES_MAX, neighbourhood
from tests.planners.builders import pipeline, shop, subject

WORDS = "we need the FX currency on orders, some partners don't send it; don't break billing"


def test_the_schema_that_is_meant_comes_first_with_its_jobs_and_uses() -> None:
    told = neighbourhood(WORDS, shop().pipeline).splitlines()

    assert told[0].startswith("schema order (avro record shop.Order, 1 versions, keeps BACKWARD")
    assert told[3] == '  currency: ["null","string"], default null'
    assert any("job billing reads topic orders.paid with fastavro" in line for line in told)


def test_it_does_not_grow_with_the_repository() -> None:
    fields = [{"name": f"field_{at}", "type": "string", "doc": "x" * 500} for at in range(300)]
    schema = {"type": "record", "name": "Order", "fields": fields}
    small = pipeline([subject(f"order_{at}", f"{at}.avsc", schema) for at in range(5)])
    large = pipeline([subject(f"order_{at}", f"{at}.avsc", schema) for at in range(300)])

    assert len(neighbourhood("the order", large).encode()) <= BYTES_MAX + 100
    assert abs(len(neighbourhood("the order", large)) - len(neighbourhood("the order", small))) < 1_000


def test_words_that_name_nothing_still_show_something_to_ask_about() -> None:
    assert neighbourhood("make it better", shop().pipeline).startswith("schema invoice")


def test_a_map_without_schemas_is_an_empty_text() -> None:
    assert neighbourhood("anything", pipeline([])) == ""
