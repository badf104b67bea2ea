"""Records that tests keep as data are found by their keys, in JSON, YAML and Python."""

from __future__ import annotations

import pytest

from copilot.domain.operation import ChangeType, Operation, RemoveField, RenameField
from copilot.impact.mentions import mentions_of
from tests.checks.cases import tree_of
from tests.planners.builders import shop
from tests.readers.sockets import MemoryIndex

RECORD = '{"order_id": "a", "amount": 3, "note": null, "status": "NEW", "lines": []}'
RENAME = RenameField("order", "", "amount", "total")


def kept(path: str, text: str, operation: Operation = RENAME) -> list[tuple[int, str]]:
    found = mentions_of(operation, shop().pipeline, tree_of({path: text}), MemoryIndex())
    return [(it.span.first_line, it.word) for it in found]


def test_a_record_of_json_is_found_at_the_line_of_its_key() -> None:
    text = RECORD.replace(", ", ",\n")

    assert kept("tests/fixtures/order.json", text) == [(2, '"amount"')]


def test_a_record_in_a_folder_of_fixtures_is_found_wherever_the_tests_are() -> None:
    assert kept("fixtures/order.json", RECORD) == [(1, '"amount"')]
    assert kept("data/order.json", RECORD) == []


def test_records_in_a_list_are_found_each() -> None:
    assert kept("tests/orders.json", f"[\n{RECORD},\n{RECORD}\n]\n") == [(2, '"amount"'), (3, '"amount"')]


def test_records_on_lines_of_their_own_are_found_each() -> None:
    assert kept("tests/orders.ndjson", f"{RECORD}\n{RECORD}\n") == [(1, '"amount"'), (2, '"amount"')]


def test_a_record_of_yaml_is_found_in_a_list_too() -> None:
    text = "orders:\n- order_id: a\n  amount: 3\n  note:\n  status: NEW\n  lines: []\nother:\n  amount: 4\n"

    assert kept("tests/data/orders.yaml", text) == [(3, "amount")]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_dict_of_python_keeps_its_quotes(quote: str) -> None:
    text = f"ORDER = {RECORD}\n".replace("null", "None").replace('"', quote)

    assert kept("tests/conftest.py", text) == [(1, f"{quote}amount{quote}")]


@pytest.mark.parametrize("text", ["\ufeffORDER = {}\n", "ORDER = {}\nDIGIT = '\\d'\n"], ids=["marked", "warned of"])
def test_a_file_of_python_is_read_quietly_with_a_byte_order_mark_and_what_python_warns_of(
    text: str, recwarn: pytest.WarningsRecorder
) -> None:
    text = text.replace("{}", RECORD.replace("null", "None"))

    assert kept("tests/conftest.py", text) == [(1, '"amount"')]
    assert not recwarn.list


def test_a_key_whose_name_stands_beside_it_for_something_else_is_for_a_person() -> None:
    assert kept("tests/order.json", RECORD.replace('"a"', '"amount"')) == [(1, "")]


def test_an_object_with_other_names_too_is_for_a_person() -> None:
    assert kept("tests/order.json", RECORD.replace("{", '{"more": 1, ')) == [(1, "")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/fixtures/order.json", '{"amount": 3}'),
        ("tests/fixtures/broken.json", '{"amount": '),
        ("tests/conftest.py", "ORDER = {'amount': "),
        ("seeds/order.json", RECORD),
    ],
)
def test_what_is_no_record_of_a_test_is_none(path: str, text: str) -> None:
    assert kept(path, text) == []


def test_a_record_inside_another_one_is_found_by_its_own_names() -> None:
    text = RECORD.replace("[]", '[{"sku": "x",\n"price": 1.0}]')

    assert kept("tests/order.json", text, RenameField("order", "shop.Line", "price", "cost")) == [(2, '"price"')]


def test_a_whole_recording_is_told_once() -> None:
    assert kept("tests/orders.ndjson", f"{RECORD}\n" * 100) == [(1, "")]


def test_another_type_asks_for_the_records_and_a_removal_does_not() -> None:
    assert kept("tests/order.json", RECORD, ChangeType("order", "", "amount", '"string"')) == [(1, '"amount"')]
    assert kept("tests/order.json", RECORD, RemoveField("order", "", "amount")) == []
