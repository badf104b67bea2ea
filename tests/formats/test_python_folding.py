"""Schemas that code puts together from constants."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.formats.json_text import InvalidText, plain
from copilot.formats.python_folding import fold_python

BASE = 'BASE = {"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]}\n'
FIELD = '{"name": "y", "type": "int"}'
X, Y = {"name": "x", "type": "int"}, {"name": "y", "type": "int"}


def folded(code: str, expression: str) -> Any:
    start = code.encode().rindex(expression.encode())
    return plain(fold_python(code, start, start + len(expression.encode())))


@pytest.mark.parametrize(
    ("code", "expression"),
    [
        ("{**BASE, 'fields': BASE['fields'] + [%s]}", "{**BASE, 'fields': BASE['fields'] + [%s]}"),
        ("{**BASE, 'fields': [*BASE['fields'], %s]}", "{**BASE, 'fields': [*BASE['fields'], %s]}"),
        ("BASE | {'fields': BASE['fields'] + [%s]}", "BASE | {'fields': BASE['fields'] + [%s]}"),
        ("copy.deepcopy(BASE)\nS['fields'].append(%s)", "copy.deepcopy(BASE)"),
        ("copy.deepcopy(BASE)\nS['fields'] += [%s]", "copy.deepcopy(BASE)"),
        ("copy.deepcopy(BASE)\nS['fields'].extend([%s])", "copy.deepcopy(BASE)"),
        ("BASE.copy()\nS['fields'] = BASE['fields'] + [%s]", "BASE.copy()"),
        ("dict(BASE)\nS.update({'fields': [BASE['fields'][0], %s]})", "dict(BASE)"),
    ],
)
def test_fields_are_added_in_the_ways_that_people_write(code: str, expression: str) -> None:
    whole = BASE + "S = " + code % FIELD + "\n"

    assert folded(whole, expression % FIELD if "%s" in expression else expression)["fields"] == [X, Y]


def test_names_and_formatted_texts_are_put_in() -> None:
    code = 'SPACE = "shop"\nINNER = {"type": "array", "items": "int"}\nS = {"name": f"{SPACE}.A", "t": INNER, "d": SPACE + "s"}\n'

    assert folded(code, code[code.index('{"name"') : -1]) == {
        "name": "shop.A",
        "t": {"type": "array", "items": "int"},
        "d": "shops",
    }


def test_a_part_is_changed_in_place() -> None:
    code = BASE + 'BASE["name"] = "B"\nBASE["fields"][0]["type"] = "long"\nBASE["fields"].insert(0, ' + FIELD + ")\n"

    assert folded(code, BASE[7:-1]) == {"type": "record", "name": "B", "fields": [Y, {"name": "x", "type": "long"}]}


def test_a_function_folds_its_own_names() -> None:
    code = BASE + f"def make():\n    s = dict(BASE)\n    s['fields'] = BASE['fields'] + [{FIELD}]\n    return s\n"

    assert folded(code, "dict(BASE)")["fields"] == [X, Y]


def test_json_in_a_formatted_text_is_read() -> None:
    code = 'N = "A"\nS = f\'{{"type": "record", "name": "{N}", "fields": []}}\'\n'

    assert folded(code, code[code.index("f'") : -1]) == {"type": "record", "name": "A", "fields": []}


def test_parts_keep_the_places_where_they_are_written() -> None:
    code = f"# é\n{BASE}S = {{**BASE, 'fields': BASE['fields'] + [{FIELD}]}}\n"
    expression = code[code.index("{**") : -1]
    start = code.encode().index(expression.encode())
    tree = fold_python(code, start, start + len(expression))

    names = [field.member("name") for field in tree.value["fields"].value]

    assert [code[name.start : name.end] for name in names if name] == ['"x"', '"y"']


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("S = {'fields': make()}\n", "`make()` is computed"),
        ("S = {'fields': OTHER}\n", "`OTHER` is not set in this file"),
        ("A = 1\nA = 2\nS = {'fields': A}\n", "`A` is set in more than one place"),
        ("if x:\n    A = 1\nelse:\n    A = 2\nS = {'fields': A}\n", "`A` is not set in this file"),
        ("A = [A]\nS = {'fields': A}\n", "`A` refers to itself"),
        (
            "S = {'fields': []}\nfor f in g():\n    S['fields'].append(f)\n",
            "changes the schema in a way that only running tells",
        ),
        (
            "S = {'fields': []}\ndef add(f):\n    S['fields'].append(f)\n",
            "changes the schema in a way that only running tells",
        ),
        ("S = {'fields': []}\nS['fields'].append(make())\n", "`make()` is computed"),
        ("S = {'fields': [1] + 2}\n", "adds things that only running tells"),
        ("S = {k: 1}\n", "`k` is not set in this file"),
    ],
)
def test_what_only_running_tells_is_refused_with_its_reason(code: str, reason: str) -> None:
    start = code.index("{")
    end = code.index("}") + 1

    with pytest.raises(InvalidText, match=re.escape(reason)):
        fold_python(code, start, end)


def test_a_name_of_another_function_changes_nothing() -> None:
    code = BASE + "def other(BASE):\n    BASE['fields'].append(1)\ndef third():\n    BASE = {}\n    BASE['x'] = 1\n"

    assert folded(code, BASE[7:-1])["fields"] == [X]


@given(st.text(alphabet="AS=[]{}'+*|.,:()\n 1", max_size=40))
def test_any_text_is_folded_or_refused(text: str) -> None:
    code = f"S = {{'fields': []}}\n{text}\n"
    offset = 0

    try:
        fold_python(code, 4, 18)
    except InvalidText as error:
        offset = error.offset

    assert 0 <= offset <= len(code)
