"""Who takes values by their place, where fields change places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.checks.positions import position_findings, row_findings
from copilot.domain.alternative import Alternative, NewFile, Phase, SchemaEdit
from copilot.domain.operation import AddField, ChangeRequest, ReorderFields
from copilot.domain.patch import Patch
from copilot.domain.source import Span
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.checks.orders import bench
from tests.planners.builders import COMMIT, shop

ASKED = ReorderFields("order", "", ("note", "order_id"))


def places(code: str, path: str = "services/billing/rows.py", *, in_place: bool = True, root: str = "") -> list[str]:
    map = shop().pipeline
    if root:
        jobs = tuple(replace(it, root=root) if it.name == "billing" else it for it in map.jobs)
        map = replace(map, jobs=jobs)
    source = map.subject("order").latest.source
    edit = SchemaEdit(source, "reorder_fields", "shop.Order", "") if in_place else NewFile("order_v2.avsc", "{}")
    alternative = Alternative("try", "", "rules", "", (Phase("reordered", (edit,), ()),), "")
    request = ChangeRequest("", (ASKED,), COMMIT, "ada")
    patches = (Patch("try", 0, COMMIT, (), "", ""),)
    case = Case(request, map, (impact_of(ASKED, map),), alternative, patches, (map,))
    return [str(it.span) for it in position_findings(case, bench({path: code}))]


@pytest.mark.parametrize(
    "line",
    [
        "out.writerow(order.values())",
        "row = tuple(order.values())",
        'cursor.execute("SELECT * FROM orders")',
        'cursor.execute("INSERT INTO orders VALUES (?, ?)", row)',
        "amount = frame.iloc[:, 2]",
        'frame = read_csv("orders.csv", header=None)',
    ],
)
def test_a_line_that_hangs_on_the_order_is_named(line: str) -> None:
    assert places(f"import csv\n{line}\n") == ["services/billing/rows.py:2"]


@pytest.mark.parametrize(
    "line",
    [
        'cursor.execute("INSERT INTO orders (id, note) VALUES (:id, :note)", row)',
        'cursor.execute("SELECT id, note FROM orders")',
        'out = DictWriter(file, ["id", "note"])',
        "total = sum(prices.values())",
    ],
)
def test_a_line_that_names_its_columns_is_not(line: str) -> None:
    assert places(line) == []


def test_only_jobs_that_read_the_subject_are_asked() -> None:
    assert places("row = tuple(order.values())", "services/mailer/main.py") == []


def test_a_job_at_the_root_is_asked_for_what_no_other_job_holds() -> None:
    line = "row = tuple(order.values())"

    assert places(line, "rows.py", root=".") == ["rows.py:1"]
    assert places(line, "lib/rows.py", root=".") == ["lib/rows.py:1"]
    assert places(line, "services/orders/rows.py", root=".") == []


def test_a_new_subject_moves_nobody() -> None:
    assert places("row = tuple(order.values())", in_place=False) == []


@pytest.mark.parametrize(
    ("line", "root", "count"),
    [
        ('out.write(";".join(str(value) for value in order.values()))', "services/billing", 1),
        ('out.write(";".join(str(value) for value in order.values()))', ".", 1),
        ("total = sum(prices.values())", "services/billing", 0),
    ],
)
def test_a_row_of_a_record_is_named_where_a_field_comes(line: str, root: str, count: int) -> None:
    map = shop().pipeline
    asked = AddField("order", "", "promo", '"string"')
    use = next(it for it in map.uses if it.job == "billing" and not it.is_test)
    path = "services/billing/rows.py"
    read = replace(use, span=Span(path, 2, 2), excerpt='print(order["note"])')
    jobs = tuple(replace(it, root=root) if it.name == "billing" else it for it in map.jobs)
    base = replace(map, uses=(read,), jobs=jobs)
    edit = SchemaEdit(map.subject("order").latest.source, "add_field", "shop.Order", "promo")
    alternative = Alternative("try", "", "rules", "", (Phase("added", (edit,), ()),), "")
    patches = (Patch("try", 0, COMMIT, (), "", ""),)
    request = ChangeRequest("", (asked,), COMMIT, "ada")
    case = Case(request, base, (impact_of(asked, map),), alternative, patches, (base,))
    found = [str(it.span) for it in row_findings(case, bench({path: f"{line}\n{read.excerpt}\n"}))]
    assert found == [f"{path}:1"] * count
