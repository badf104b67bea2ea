"""Are the values what a logical type takes them for?"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import fastavro
import pytest

from copilot.checks.magnitude import magnitude_findings
from copilot.domain.alternative import Alternative, Phase, TextEdit
from copilot.domain.operation import ChangeDoc, ChangeRequest, ChangeType, Operation
from copilot.domain.patch import Patch
from copilot.domain.pipeline import FieldUse
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import bench
from tests.planners.builders import COMMIT, pipeline, subject

MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
UUID = {"type": "string", "logicalType": "uuid"}


def record(name: str, kind: Any, doc: str = "") -> dict[str, Any]:
    return {"type": "record", "name": "Order", "fields": [{"name": name, "type": kind, "doc": doc}]}


def told(
    values: list[Any],
    kind: Any = MILLIS,
    *,
    before: Any = "long",
    name: str = "at",
    doc: str = "",
    new_doc: str | None = None,
    code: str = "",
    as_container: bool = False,
    reads: str = "",
) -> list[tuple[str, str]]:
    base, after = subject("order", "order.avsc", record(name, before, doc)), record(name, kind, doc)
    if new_doc is not None:
        after = record(name, kind, new_doc)
    state = replace(base, versions=(subject("order", "order.avsc", after).latest,))
    use = FieldUse("shop", "order", name, "writes", "literal", "certain", Span("shop.py", 3, 3), 0, False, code)
    uses = [use] if code else []
    if reads:
        at = Span("bill.py", 2, 2)
        uses.append(FieldUse("billing", "order", name, "computes", "subscript", "certain", at, 0, False, reads))
    operation: Operation = ChangeType("order", "", name, json.dumps(kind))
    if new_doc is not None:
        operation = ChangeDoc("order", "", name, new_doc)
    phases = (Phase("retyped", (TextEdit("order.avsc", 1, "", ""),), ()),)
    request = ChangeRequest("", (operation,), COMMIT, "ada")
    patches = (Patch("try", 0, COMMIT, (), "", ""),)
    alternative = Alternative("try", "", "rules", "", phases, "")
    case = Case(request, pipeline([base], (), uses), (), alternative, patches, (pipeline([state], (), uses),))
    records = [{name: value} for value in values]
    if as_container:
        buffer = io.BytesIO()
        fastavro.writer(buffer, record(name, before, doc), records)
        tools = bench({}, {"dump/orders.avro": buffer.getvalue()})
    else:
        files = {"data/orders.jsonl": "".join(json.dumps(it) + "\n" for it in records)}
        tools = bench({**files, "bill.py": f"def bill(order):\n    {reads}\n"})
    return [(it.rule.removeprefix("compatibility."), it.message) for it in magnitude_findings(case, tools)]


def test_seconds_that_are_marked_as_milliseconds_fail_and_no_value_is_shown() -> None:
    ((rule, message),) = told([1_769_508_000, 1_769_508_047])

    assert rule == "magnitude"
    assert "2 recorded values in data/orders.jsonl have the size of seconds" in message
    assert "1769508" not in message


def test_a_container_is_asked_too() -> None:
    ((rule, message),) = told([1_769_508_000], as_container=True)

    assert rule == "magnitude"
    assert "1 recorded values in dump/orders.avro have the size of seconds" in message


def test_milliseconds_are_what_they_are_marked_as() -> None:
    assert [rule for rule, _ in told([1_769_508_000_662])] == ["magnitude-fits"]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ('"at": int(time.time()),', "magnitude"),
        ('"at": int(time.time() * 1000),', "magnitude-fits"),
        ('"at": now_ms,', "magnitude-fits"),
        ('"at": time.time_ns(),', "magnitude"),
        ('"at": stamp,', "magnitude-unknown"),
        ('"at": int(datetime.utcnow().timestamp() * 1000),', "magnitude"),
        ('"at": calendar.timegm(time.localtime()) * 1000,', "magnitude"),
        ('"at": (datetime.now() - datetime(1970, 1, 1)) // timedelta(milliseconds=1),', "magnitude"),
        ('"at": int(datetime.now(UTC).timestamp() * 1000),', "magnitude-fits"),
    ],
)
def test_the_code_that_writes_the_value_is_asked(code: str, rule: str) -> None:
    assert [it for it, _ in told([], code=code)] == [rule]


def test_the_name_and_the_doc_of_the_field_are_asked() -> None:
    assert told([], name="paid_s")[0][0] == "magnitude"
    assert told([], doc="Seconds since 1970.")[0][0] == "magnitude"
    assert told([], doc="Milliseconds since 1970.")[0][0] == "magnitude-fits"


@pytest.mark.parametrize(
    ("unit", "name", "rule"),
    [
        ("time-millis", "opened_ms", "magnitude-fits"),
        ("time-millis", "opened_s", "magnitude"),
        ("date", "opened_ms", "magnitude"),
    ],
)
def test_a_time_of_day_and_a_date_are_asked_for_their_unit_too(unit: str, name: str, rule: str) -> None:
    assert told([], {"type": "int", "logicalType": unit}, before="int", name=name)[0][0] == rule


def test_a_word_for_a_unit_says_nothing_of_a_type_that_has_none() -> None:
    assert told([], UUID, before="string", doc="The session, which ends after 30 seconds.")[0][0] == "magnitude-unknown"


def test_where_nothing_speaks_that_is_said() -> None:
    ((rule, message),) = told([])

    assert rule == "magnitude-unknown"
    assert "no record of it" in message


def test_a_text_that_is_no_uuid_is_told() -> None:
    assert told(["o-0001"], UUID, before="string")[0][0] == "magnitude"
    assert told(["8c5f0a64-3b7e-4d7e-9a5e-0d2b6d1c7f10"], UUID, before="string")[0][0] == "magnitude-fits"


@pytest.mark.parametrize(
    ("name", "code", "rules"),
    [
        ("at", '"at": int(time.time() * 1000),', ["magnitude"]),
        ("at_ms", '"at_ms": stamp,', ["magnitude"]),
        ("at", '"at": datetime.now(UTC),', []),
        ("at", '"at": time.time_ns() // 1000,', []),
        ("at", '"at": int(time.time()),', []),
    ],
)
def test_a_number_that_counts_the_unit_of_before_is_none_of_the_new_one(name: str, code: str, rules: list[str]) -> None:
    micros = {"type": "long", "logicalType": "timestamp-micros"}

    found = told([1760000000000], micros, before=MILLIS, name=name, code=code)

    assert [rule for rule, _ in found] == rules


def test_another_kind_of_change_is_not_judged_here() -> None:
    assert told([1], "double", before="int") == []


@pytest.mark.parametrize(
    ("reads", "rule"),
    [
        ('return order["price"] * order["at"]', "magnitude"),
        ('return round(order["price"] * float(order["at"]) * (1 - order["share"]))', "magnitude"),
        ('return order["at"] * 1000', "magnitude-unknown"),
        ('return order["at"] * MILLIS', "magnitude-unknown"),
        ('return order["at"] - order["began"]', "magnitude-unknown"),
    ],
)
def test_nobody_multiplies_a_point_in_time(reads: str, rule: str) -> None:
    assert [rule for rule, _ in told([], reads=reads)] == [rule]


def test_a_whole_number_that_is_widened_on_the_way_is_asked_too() -> None:
    assert [rule for rule, _ in told([], before="int", reads='return order["price"] * order["at"]')] == ["magnitude"]


def redocumented(
    values: list[Any], before: str, after: str, *, name: str = "at", code: str = ""
) -> list[tuple[str, str]]:
    return told(values, "long", name=name, doc=before, new_doc=after, code=code)


def test_a_doc_that_says_another_unit_is_held_against_the_recorded_values() -> None:
    mended = redocumented([1_769_508_000_000], "Seconds since 1970.", "Milliseconds since 1970.")
    turned = redocumented([1_769_508_000], "Seconds since 1970.", "Milliseconds since 1970.")

    assert [rule for rule, _ in mended] == ["magnitude-fits"]
    ((rule, message),) = turned
    assert rule == "magnitude"
    assert message.endswith("so at looks like seconds, and its new doc takes it for milliseconds.")


@pytest.mark.parametrize(
    ("name", "code", "rule"),
    [
        ("at", "int(time.time())", "magnitude"),
        ("at", "int(time.time() * 1000)", "magnitude-fits"),
        ("at_ms", "", "magnitude-fits"),
        ("at", "order_time", "magnitude-unknown"),
    ],
)
def test_a_doc_that_says_another_unit_is_held_against_the_name_and_who_writes(name: str, code: str, rule: str) -> None:
    found = redocumented([], "Seconds since 1970.", "Milliseconds since 1970.", name=name, code=code)

    assert [rule for rule, _ in found] == [rule]


def test_of_an_amount_nothing_tells_its_unit_by_the_size() -> None:
    ((rule, message),) = redocumented([1_769_508_000], "In cents.", "In whole euros.", name="amount")

    assert rule == "magnitude-unknown"
    assert message.startswith("Nothing here tells whether the values of amount are whole units already")


def test_a_doc_that_says_no_other_unit_is_nobodys_question() -> None:
    assert redocumented([1_769_508_000], "When it came.", "Milliseconds since 1970.") == []
    assert redocumented([1_769_508_000], "Seconds since 1970.", "When it came, in seconds.") == []
