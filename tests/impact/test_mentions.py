"""Where the old name of a topic, a type or a symbol stands."""

from __future__ import annotations

from copilot.domain.operation import Deprecate, Operation, RenameRecord, RenameSymbol, RenameTopic
from copilot.impact.mentions import mentions_of
from tests.checks.cases import tree_of
from tests.planners.builders import shop
from tests.readers.sockets import MemoryIndex

FILES = {
    "compose.yaml": "environment:\n  TOPIC: orders.paid\n  OTHER: orders.paid.retry\n",
    "README.md": "Paid orders go to orders.paid.\nDon't read my-orders.paid here.\n",
    "jobs/bill.py": 'if order["status"] == "SENT":\n    kind = ("Order", order)\n    name = "shop.Order"\n',
    "notes.txt": "An Order that was SENT.\n",
}


def places(operation: Operation) -> list[str]:
    return [str(it.span) for it in mentions_of(operation, shop().pipeline, tree_of(FILES), MemoryIndex())]


def test_a_topic_is_found_as_a_whole_name_and_at_the_end_of_a_sentence() -> None:
    assert places(RenameTopic("order", "orders.paid", "orders.v2")) == ["README.md:1", "compose.yaml:2"]


def test_a_type_is_found_by_its_full_name_and_by_its_short_one_as_a_text() -> None:
    assert places(RenameRecord("order", "", "shop.Purchase")) == ["jobs/bill.py:2", "jobs/bill.py:3"]


def test_where_only_the_namespace_changes_the_short_name_does_not_count() -> None:
    assert places(RenameRecord("order", "", "sales.Order")) == ["jobs/bill.py:3"]


def test_a_symbol_is_found_as_a_text_only() -> None:
    assert places(RenameSymbol("order", "", "status", "SENT", "SHIPPED")) == ["jobs/bill.py:1"]


def test_other_operations_look_for_nothing() -> None:
    assert places(Deprecate("order", "", "note")) == []


def test_a_topic_that_is_a_word_of_every_day_counts_as_a_text_a_value_or_beside_topics_only() -> None:
    files = {
        "jobs/a.py": 'import invoices\ntopic = "invoices"\n',
        "values.yaml": "name: x\nkind: invoices\n",
        "README.md": "It sends invoices.\nThe topic invoices has three partitions.\n",
    }
    found = mentions_of(RenameTopic("invoice", "invoices", "bills"), shop().pipeline, tree_of(files), MemoryIndex())

    assert [str(it.span) for it in found] == ["README.md:2", "jobs/a.py:2", "values.yaml:2"]
