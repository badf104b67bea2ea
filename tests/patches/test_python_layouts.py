"""Whatever the layout of a literal or a call, an edit does to its value what its name says, and to the rest nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.alternative import CodeEdit
from tests.patches.editing import edited_at

SPACES = st.sampled_from(["", " ", "  "])
BREAKS = st.sampled_from(["", " ", "\n    ", "\n        ", "  # a, 'b': note\n    ", "\r\n    "])
VALUES = st.sampled_from(
    ["1", "(2)", "((3))", "[4, 5]", "{'x': 6}", "'é,'", "f(7)", "(\n  8,\n)", "9 if 1 else 0", "lambda: 0"]
)
QUOTES = st.sampled_from(["'", '"', '"""'])
KINDS = st.sampled_from(["dict", "call"])


@st.composite
def layouts(draw: st.DrawFn) -> tuple[str, list[tuple[str, int]], str]:
    """Returns a text, the names in it with their offsets, and the kind of what holds them."""
    kind, count = draw(KINDS), draw(st.integers(1, 4))
    text = "before = 'ü'\nvalue = " + ("{" if kind == "dict" else "dict(") + draw(BREAKS)
    names: list[tuple[str, int]] = []
    for number in range(count):
        name = f"n{number}"
        names.append((name, len(text.encode())))
        quote = draw(QUOTES)
        text += f"{quote}{name}{quote}{draw(SPACES)}:" if kind == "dict" else f"{name}{draw(SPACES)}="
        text += draw(SPACES) + draw(VALUES)
        if number < count - 1 or draw(st.booleans()):
            text += draw(BREAKS) + "," + draw(BREAKS)
    return (
        text + draw(BREAKS) + ("}" if kind == "dict" else ")") + draw(BREAKS).rstrip(" ") + "\nafter = 1\n",
        names,
        kind,
    )


def value_of(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"f": lambda number: number}
    exec(text, found)
    assert (found["before"], found["after"]) == ("ü", 1)
    return {name: None if callable(value) else value for name, value in found["value"].items()}


@given(layouts(), st.data())
def test_adding_gives_one_name_more_of_the_same_value(
    layout: tuple[str, list[tuple[str, int]], str], data: st.DataObject
) -> None:
    text, names, _ = layout
    name, offset = data.draw(st.sampled_from(names))

    after = value_of(edited_at(text, CodeEdit("job.py", offset, "add_key", name, "new")))

    before = value_of(text)
    assert after == {**before, "new": before[name]}
    assert list(after).index("new") == list(after).index(name) + 1


@given(layouts(), st.data())
def test_removing_takes_those_names_and_no_others(
    layout: tuple[str, list[tuple[str, int]], str], data: st.DataObject
) -> None:
    text, names, _ = layout
    gone = data.draw(st.sets(st.sampled_from(names), min_size=1))

    after = edited_at(text, *(CodeEdit("job.py", offset, "remove_key", name) for name, offset in sorted(gone)))

    assert value_of(after) == {
        name: value for name, value in value_of(text).items() if name not in {it[0] for it in gone}
    }


@given(layouts(), st.data())
def test_renaming_keeps_order_and_values(layout: tuple[str, list[tuple[str, int]], str], data: st.DataObject) -> None:
    text, names, _ = layout
    name, offset = data.draw(st.sampled_from(names))

    after = edited_at(text, CodeEdit("job.py", offset, "rename_key", name, "new"))

    assert list(value_of(after).values()) == list(value_of(text).values())
    assert len(after) == len(text) + len("new") - len(name)


@given(layouts(), st.data())
def test_setting_and_adding_together_write_the_new_value_twice(
    layout: tuple[str, list[tuple[str, int]], str], data: st.DataObject
) -> None:
    text, names, _ = layout
    name, offset = data.draw(st.sampled_from(names))

    after = edited_at(
        text,
        CodeEdit("job.py", offset, "set_value", name, expression="77"),
        CodeEdit("job.py", offset, "add_key", name, "new"),
    )

    assert value_of(after) == {**value_of(text), name: 77, "new": 77}


@given(layouts(), st.data())
def test_converting_keeps_precedence(layout: tuple[str, list[tuple[str, int]], str], data: st.DataObject) -> None:
    text, names, _ = layout
    name, offset = data.draw(st.sampled_from(names))

    after = edited_at(text, CodeEdit("job.py", offset, "wrap_value", name, expression="[{}] * 2"))

    before = value_of(text)
    converted = value_of(after)[name]
    assert [None if callable(value) else value for value in converted] == [before[name]] * 2
