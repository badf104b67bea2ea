"""Schemas that code puts together from constants."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.formats.json_text import InvalidText, plain
from copilot.formats.python_folding import fold_python
from copilot.formats.python_modules import Beside

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
            "`g()` is computed",
        ),
        (
            "S = {'fields': []}\nwhile x:\n    S['fields'].append(f)\n",
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


@pytest.mark.parametrize(
    "code",
    [
        "from shop.base import BASE\nS = {**BASE, 'fields': BASE['fields'] + [Y]}\n",
        "from shop import base\nS = {**base.BASE, 'fields': [*base.BASE['fields'], Y]}\n",
        "import shop.base\nS = {**shop.base.BASE, 'fields': shop.base.BASE['fields'] + [Y]}\n",
        "import shop.base as b\nS = {**b.Held.SCHEMA, 'fields': b.Held.SCHEMA['fields'] + [Y]}\n",
        "from shop import BASE\nS = {**BASE, 'fields': BASE['fields'] + [Y]}\n",
        "from shop.base import *\nS = {**BASE, 'fields': BASE['fields'] + [Y]}\n",
        "from shop.base import record\nS = {**record('A'), 'fields': [*record(name='A')['fields'], Y]}\n",
        "import json\nwith open('schemas/a.avsc') as f:\n    A = json.load(f)\nS = {**A, 'fields': A['fields'] + [Y]}\n",
        "A = load_schema(os.path.join(HERE, 'a.avsc'))\nS = {**A, 'fields': A['fields'] + [Y]}\n",
        "A = json.loads((HERE / 'schemas' / 'a.avsc').read_text())\nS = {**A, 'fields': A['fields'] + [Y]}\n",
    ],
)
def test_names_are_followed_into_other_files(code: str) -> None:
    base = BASE.removeprefix("BASE = ").strip()
    beside = {
        "shop/__init__.py": "from .base import BASE\n",
        "shop/base.py": f"BASE = {base}\nclass Held:\n    SCHEMA = {base}\n"
        "def record(name):\n    return {'type': 'record', 'name': name, 'fields': BASE['fields']}\n",
        "schemas/a.avsc": base,
    }
    whole = f"Y = {FIELD}\n{code}"
    start = whole.index("{**")
    tree = fold_python(whole, start, len(whole) - 1, Beside("job.py", beside))

    assert plain(tree) == {"type": "record", "name": "A", "fields": [X, Y]}


def test_what_another_file_holds_has_the_place_of_its_name_here() -> None:
    code = "from base import BASE\nS = {'fields': BASE['fields']}\n"

    tree = fold_python(code, 26, len(code) - 1, Beside("job.py", {"base.py": BASE}))

    (field,) = tree.value["fields"].value
    assert code[field.start : field.end] == "BASE"


def test_what_another_file_does_not_tell_is_refused_with_its_reason() -> None:
    beside = Beside("job.py", {"base.py": "BASE = make()\n"})

    with pytest.raises(InvalidText, match=re.escape("`BASE` comes from base.py, where `make()` is computed")):
        fold_python("from base import BASE\nS = {'fields': BASE}\n", 26, 42, beside)


def test_files_that_import_each_other_are_followed_to_an_end() -> None:
    beside = Beside("a.py", {"a.py": "from b import X\n", "b.py": "from a import X\n"})

    with pytest.raises(InvalidText, match="is not set in this file"):
        fold_python("from b import X\nS = {'fields': X}\n", 20, 33, beside)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("[{'name': n, 'type': t} for n, t in [('x', 'int'), ('y', 'int')]]", [X, Y]),
        ("[{'name': n, 'type': 'int'} for n in ('x', 'y')]", [X, Y]),
        ("[]\nfor n in ('x', 'y'):\n    S['fields'].append({'name': n, 'type': 'int'})", [X, Y]),
        ("[{'name': '%s' % 'x', 'type': '{}'.format('int')}]", [X]),
        ("[{'name': '{n}'.format(n='x'), 'type': 'int'}]", [X]),
    ],
)
def test_fields_are_made_in_loops_and_from_templates(code: str, fields: list[Any]) -> None:
    first, *rest = code.split("\n")
    whole = f"S = {{'fields': {first}}}\n" + "\n".join(rest) + "\n"

    assert folded(whole, f"{{'fields': {first}}}")["fields"] == fields


def test_an_attribute_of_the_object_is_followed_in_its_function() -> None:
    code = (
        BASE
        + "class A:\n    def __init__(self):\n        self.s = copy.deepcopy(BASE)\n        self.s['fields'].append(%s)\n"
    )

    assert folded(code % FIELD, "copy.deepcopy(BASE)")["fields"] == [X, Y]


def test_names_of_a_class_stand_before_those_of_the_module() -> None:
    code = "F = 1\nclass A:\n    F = [{'name': 'x', 'type': 'int'}]\n    S = {'fields': F + []}\n"

    assert folded(code, "{'fields': F + []}")["fields"] == [X]


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


@pytest.mark.parametrize("call", ["Base._make", "Order._make", "cls._make", "self._make"])
@pytest.mark.parametrize(("decorator", "first"), [("@staticmethod", ""), ("@classmethod", "cls, "), ("", "self, ")])
def test_a_schema_that_a_method_makes_of_the_fields_that_it_is_given_is_put_together(
    call: str, decorator: str, first: str
) -> None:
    code = f"""
import json

class Base:
    {decorator}
    def _make({first}fields):
        schema = {{"type": "record", "name": "Order", "fields": fields}}
        return json.dumps(schema, indent=2)

class Order(Base):
    def schema(cls):
        return {call}([{FIELD}])
"""

    assert folded(code, f"{call}([{FIELD}])") == {"type": "record", "name": "Order", "fields": [Y]}


def test_classes_that_are_each_others_bases_have_no_method() -> None:
    code = "class A(B): pass\nclass B(A): pass\nS = A.make(1)\n"

    with pytest.raises(InvalidText, match="only the running code"):
        folded(code, "A.make(1)")
