"""A Python file that can't be parsed, and names the field that changes, is told at its lines."""

from __future__ import annotations

import pytest

from copilot.domain.operation import AddField, Operation, RemoveField, RenameField, RenameTopic
from copilot.impact.fields import impact_of
from copilot.impact.unparsed import uses_unparsed
from tests.checks.cases import tree_of
from tests.planners.builders import shop
from tests.readers.sockets import MemoryIndex

RENAME = RenameField("order", "", "amount", "total")
TWO = "# é\nprint row['amount'], row[\"status\"]\n"


def named(path: str, text: str, operation: Operation = RENAME) -> list[tuple[str, int, int]]:
    pipeline = shop().pipeline
    found = uses_unparsed(
        operation, impact_of(operation, pipeline), pipeline, tree_of({path: text}), MemoryIndex(), ("decisions/",)
    )
    assert all((it.form, it.certainty, it.job) == ("unparsed", "possible", path) for it in found)
    return [(it.path, it.span.first_line, it.offset) for it in found]


@pytest.mark.parametrize("operation", [RENAME, RemoveField("order", "", "amount")])
def test_a_file_for_python_2_is_told_at_each_line_that_quotes_the_field(operation: Operation) -> None:
    text = TWO + "print row.get('amount')\n"
    second = len(TWO.encode()) + len("print row.get(")

    assert named("tools/old.py", text, operation) == [
        ("amount", 2, len("# é\nprint row[".encode())),
        ("amount", 3, second),
    ]


def test_a_name_of_its_own_needs_no_other_field_beside_it_and_a_word_of_every_day_does() -> None:
    alone = "print row['{}']\n"

    assert named("old.py", alone.format("order_id"), RemoveField("order", "", "order_id")) == [("order_id", 1, 10)]
    assert named("old.py", alone.format("amount")) == []


@pytest.mark.parametrize(
    ("path", "text", "operation"),
    [
        ("old.py", "print(row['amount'], row['status'])\n", RENAME),
        ("old.txt", TWO, RENAME),
        ("decisions/1/old.py", TWO, RENAME),
        ("old.py", "print row.amount, row['status']\n", RENAME),
        ("old.py", TWO, AddField("order", "", "risk", '"double"', "0")),
        ("old.py", TWO, RenameTopic("", "amount", "amounts")),
    ],
    ids=["parsed", "no Python", "a record", "not quoted", "a field that is new", "a topic of no known schema"],
)
def test_what_can_be_parsed_or_does_not_quote_the_field_is_not_told(path: str, text: str, operation: Operation) -> None:
    assert named(path, text, operation) == []
