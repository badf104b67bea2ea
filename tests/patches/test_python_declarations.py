"""Classes that stand for records: one more field, or another one, where a field is declared."""

from __future__ import annotations

import pytest

from copilot.patches.splices import CannotEdit
from tests.patches.editing import Asked, edited

DECLARE: Asked = ("declare", {"to": "total"})
TAKE: Asked = ("take", {"to": "promo", "expression": "str | None = None"})
ORDER = "@dataclass\nclass Order:\n    «amount»: int\n    b: int = 0\n"


@pytest.mark.parametrize(
    ("before", "declared"),
    [
        (ORDER, "total: int | None = None"),
        (ORDER.replace("»: int", "»: int = 1"), "total: int = 1"),
        (ORDER.replace("»: int", "»: Optional[int]"), "total: Optional[int] = None"),
        (ORDER.replace("»: int", "»: 'int'"), 'total: "int | None" = None'),
        ("class Order(TypedDict):\n    «amount»: int\n    b: int\n", "total: int"),
    ],
)
def test_another_field_is_declared_last_and_need_not_be_given(before: str, declared: str) -> None:
    assert edited(before, DECLARE) == before.replace("«", "").replace("»", "") + f"    {declared}\n"


def test_a_type_that_is_given_is_declared() -> None:
    assert edited(ORDER, ("declare", {"to": "total", "expression": "str"})).endswith("    total: str | None = None\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [("«amount»: int", "total: str"), ("«amount»: int = 0", "total: str | None = None")],
)
def test_a_declaration_is_turned_into_another_one(before: str, after: str) -> None:
    found = edited(f"class Order:\n    {before}\n", ("redeclare", {"to": "total", "expression": "str"}))
    assert found == f"class Order:\n    {after}\n"


@pytest.mark.parametrize(
    ("use", "is_taken"),
    [
        ("Order(**record)", True),
        ("", True),
        ("Order(amount=record['amount'])", False),
    ],
)
def test_a_new_field_is_taken_where_objects_are_made_of_whole_records(use: str, is_taken: bool) -> None:
    assert ("promo" in edited(f"{ORDER}\n{use}\n", TAKE)) is is_taken


def test_a_class_that_takes_any_name_stays_as_it_is() -> None:
    assert "promo" not in edited("class Order(BaseModel):\n    «amount»: int\n\nOrder(**record)\n", TAKE)


@pytest.mark.parametrize("name", ["b", "class", "a-b"])
def test_a_name_that_the_class_has_or_cant_have_is_refused(name: str) -> None:
    with pytest.raises(CannotEdit):
        edited(ORDER, ("declare", {"to": name}))
