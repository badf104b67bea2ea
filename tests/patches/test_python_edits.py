from __future__ import annotations

import pytest

from copilot.patches.splices import CannotEdit
from tests.patches.editing import Asked, edit_at, edited, edited_at, unmarked

NEW = {"to": "total"}
ADD: Asked = ("add_key", NEW)
RENAME: Asked = ("rename_key", NEW)
REMOVE: Asked = ("remove_key", {})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = rec[«'amount'»]\n", "x = rec['total']\n"),
        ('x = rec.get(«"amount"», 0)  # amount\n', 'x = rec.get("total", 0)  # amount\n'),
        ("x = {«'amount'»: 1, 'b': 2}\n", "x = {'total': 1, 'b': 2}\n"),
        ("x = Order(«amount»=amount)\n", "x = Order(total=amount)\n"),
        ("x = order.«amount»\n", "x = order.total\n"),
        ("x = order.«amount».amount\n", "x = order.total.amount\n"),
        ("class Order:\n    «amount»: int = 0\n", "class Order:\n    total: int = 0\n"),
        ("x = df[['id', «'amount'»]]\n", "x = df[['id', 'total']]\n"),
        ("x = df.select(«'amount'»)\n", "x = df.select('total')\n"),
        ("x = «'amount'» in rec\n", "x = 'total' in rec\n"),
        ("x = rec[«u'amount'»]\n", "x = rec[u'total']\n"),
        ('x = rec[«"""amount"""»]\n', 'x = rec["""total"""]\n'),
        ("é = 'ü'; x = rec[«'amount'»]\n", "é = 'ü'; x = rec['total']\n"),
        ("x = f\"{rec[«'amount'»]:.2f} é\"\n", "x = f\"{rec['total']:.2f} é\"\n"),
        ("\ufeffx = rec[«'amount'»]\r\ny = 1\r\n", "\ufeffx = rec['total']\r\ny = 1\r\n"),
        ("match rec:\n    case {«'amount'»: n}:\n        pass\n", "match rec:\n    case {'total': n}:\n        pass\n"),
        ("x = rec[«'amount'»]", "x = rec['total']"),
    ],
)
def test_a_rename_changes_the_name_and_nothing_else(before: str, after: str) -> None:
    assert edited(before, RENAME) == after


def test_a_column_inside_a_query_is_renamed_where_it_stands_alone() -> None:
    text, [place] = unmarked("q = «'select amount, amount_usd from t'»\n")

    assert (
        edited_at(text, edit_at(place, "rename_key", name="amount", to="total"))
        == "q = 'select total, amount_usd from t'\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = {«'amount'»: int(b), 'c': 2}\n", "x = {'amount': int(b), 'total': int(b), 'c': 2}\n"),
        ("x = {\n    «'amount'»: 1,\n    'c': 2,\n}\n", "x = {\n    'amount': 1,\n    'total': 1,\n    'c': 2,\n}\n"),
        ("x = {\n    «'amount'»: 1  # cents\n}\n", "x = {\n    'amount': 1,  # cents\n    'total': 1\n}\n"),
        ("x = {\n    «'amount'»: 1,  # cents\n}\n", "x = {\n    'amount': 1,  # cents\n    'total': 1,\n}\n"),
        (
            "x = {\r\n\t«'amount'»: (1 +\r\n\t\t2),\r\n}\r\n",
            "x = {\r\n\t'amount': (1 +\r\n\t\t2),\r\n\t'total': (1 +\r\n\t\t2),\r\n}\r\n",
        ),
        ("x = {'b': 1,\n     «'amount'»: 2}\n", "x = {'b': 1,\n     'amount': 2, 'total': 2}\n"),
        ("x = {«'amount'»: ((1))}\n", "x = {'amount': ((1)), 'total': ((1))}\n"),
        ("x = Order(\n    «amount»=(a),\n)\n", "x = Order(\n    amount=(a),\n    total=(a),\n)\n"),
        ("x = dict(«amount»=1)\n", "x = dict(amount=1, total=1)\n"),
        ("x = [«'amount'», 'b']\n", "x = ['amount', 'total', 'b']\n"),
        (
            "if y:\n    rec[«'amount'»] = f()  # cents\n",
            "if y:\n    rec['amount'] = f()  # cents\n    rec['total'] = rec['amount']\n",
        ),
        ("rec[«'amount'»] = f()", "rec['amount'] = f()\nrec['total'] = rec['amount']"),
        ("if y: rec[«'amount'»] = 1\n", "if y: rec['amount'] = 1; rec['total'] = rec['amount']\n"),
        ("a.order.«amount» = 1\n", "a.order.amount = 1\na.order.total = a.order.amount\n"),
        ("rec[«'amount'»] += 1\n", "rec['amount'] += 1\nrec['total'] = rec['amount']\n"),
    ],
)
def test_a_second_name_is_written_beside_in_the_same_layout(before: str, after: str) -> None:
    assert edited(before, ADD) == after


def test_a_second_name_may_get_a_value_of_its_own() -> None:
    assert edited("x = {«'a'»: 1}\n", ("add_key", {"to": "b", "expression": "None"})) == "x = {'a': 1, 'b': None}\n"
    assert edited("r[«'a'»] = 1\n", ("add_key", {"to": "b", "expression": "0"})) == "r['a'] = 1\nr['b'] = 0\n"


def test_two_names_can_be_added_beside_one() -> None:
    text, [place] = unmarked("x = {\n    «'a'»: 1\n}\n")

    after = edited_at(text, edit_at(place, "add_key", to="b"), edit_at(place, "add_key", to="c"))

    assert after == "x = {\n    'a': 1,\n    'b': 1,\n    'c': 1\n}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = {«'amount'»: 1, 'c': 2}\n", "x = {'c': 2}\n"),
        ("x = {'c': 2, «'amount'»: 1}\n", "x = {'c': 2}\n"),
        ("x = {'c': 2, «'amount'»: 1, 'd': 3}\n", "x = {'c': 2, 'd': 3}\n"),
        ("x = {«'amount'»: 1}\n", "x = {}\n"),
        ("x = {«'amount'»: (1), }\n", "x = { }\n"),
        ("x = {'c': 2, «'amount'»: 1,}\n", "x = {'c': 2,}\n"),
        ("x = {'c': 2, «'amount'»: 1,\n     'd': 3}\n", "x = {'c': 2,\n     'd': 3}\n"),
        ("x = {\n    'c': 2,\n    «'amount'»: [\n        1,\n    ],  # cents\n}\n", "x = {\n    'c': 2,\n}\n"),
        ("x = {\n    **y,\n    «'amount'»: 1\n}\n", "x = {\n    **y,\n}\n"),
        ("x = f(\n    y,\n    «amount»=1,\n)\n", "x = f(\n    y,\n)\n"),
        ("x = f((y), «amount»=(1))\n", "x = f((y))\n"),
        ("x = ['c', «'amount'»]\n", "x = ['c']\n"),
        ("x = ('c', «'amount'», 'd')\n", "x = ('c', 'd')\n"),
        ("a = 1\nrec[«'amount'»] = f(\n    a,\n)\nb = 2\n", "a = 1\nb = 2\n"),
        ("if y:\n    rec[«'amount'»] = 1  # cents\nz = 1\n", "if y:\n    pass  # cents\nz = 1\n"),
        ("if y: rec[«'amount'»] = 1\n", "if y: pass\n"),
        ("a = 1; rec[«'amount'»] = 1\n", "a = 1; pass\n"),
        ("if y:\n    rec.pop(«'amount'»)\n    z()\n", "if y:\n    z()\n"),
        ("del rec[«'amount'»]\nz()", "z()"),
        ("class Order:\n    «amount»: int\n    b: int\n", "class Order:\n    b: int\n"),
    ],
)
def test_an_entry_goes_with_its_comma_and_its_line(before: str, after: str) -> None:
    assert edited(before, REMOVE) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = {'a': 1, «'b'»: 2, «'c'»: 3}\n", "x = {'a': 1}\n"),
        ("x = {«'a'»: 1, «'b'»: 2, 'c': 3}\n", "x = {'c': 3}\n"),
        ("x = {\n    «'a'»: 1,\n    «'b'»: 2,\n}\n", "x = {\n}\n"),
        ("if y:\n    r[«'a'»] = 1\n    r[«'b'»] = 2\n", "if y:\n    pass\n"),
    ],
)
def test_neighbours_go_together(before: str, after: str) -> None:
    assert edited(before, REMOVE, REMOVE) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = rec[«'a'»]\n", "x = rec.get('a', 0)\n"),
        ("x = (rec)[ «'a'» ]\n", "x = (rec).get( 'a' , 0)\n"),
        ("x = f()[1][«'a'»].b\n", "x = f()[1].get('a', 0).b\n"),
        ("x = rec.get(«'a'»)\n", "x = rec.get('a', 0)\n"),
        ("x = rec.get(«'a'», 1)\n", "x = rec.get('a', 1)\n"),
        ("x = rec.pop(«'a'»)\n", "x = rec.pop('a', 0)\n"),
        ("if «'a'» in rec: pass\n", "if 'a' in rec: pass\n"),
        ("x = f\"{rec[«'a'»]}\"\n", "x = f\"{rec.get('a', 0)}\"\n"),
    ],
)
def test_a_read_gets_a_default(before: str, after: str) -> None:
    assert edited(before, ("read_default", {"expression": "0"})) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = rec[«'a'»]\n", "x = rec['a'] if rec.get('b') is None else rec['b']\n"),
        ("x = rec[«'a'»] + 1\n", "x = (rec['a'] if rec.get('b') is None else rec['b']) + 1\n"),
        ("x = f(rec[«'a'»], 1)\n", "x = f(rec['a'] if rec.get('b') is None else rec['b'], 1)\n"),
        ("x = [r[«'a'»] for r in s]\n", "x = [r['a'] if r.get('b') is None else r['b'] for r in s]\n"),
        ("x = [1 for r in s[«'a'»]]\n", "x = [1 for r in (s['a'] if s.get('b') is None else s['b'])]\n"),
        ("x = rec.get(«'a'», 0)\n", "x = rec.get('a', 0) if rec.get('b') is None else rec.get('b')\n"),
        ("x = o.«a».c\n", 'x = (o.a if getattr(o, "b", None) is None else o.b).c\n'),
        ("x = «'a'» in rec\n", "x = ('b' in rec or 'a' in rec)\n"),
        ("x = not «'a'» not in rec\n", "x = not ('b' not in rec and 'a' not in rec)\n"),
        ("x = f\"{rec[«'a'»]}\"\n", "x = f\"{rec['a'] if rec.get('b') is None else rec['b']}\"\n"),
        (
            'p(f"a is {x}, "\n  f"a is {rec[«\'a\'»]:.2f}, {y:.2f}")\n',
            "p(f\"a is {x}, \"\n  f\"a is {rec['a'] if rec.get('b') is None else rec['b']:.2f}, {y:.2f}\")\n",
        ),
        ('x = f"{o.«a»}"\n', "x = f\"{o.a if getattr(o, 'b', None) is None else o.b}\"\n"),
        ("x = f'{o.«a»}'\n", "x = f'{o.a if getattr(o, \"b\", None) is None else o.b}'\n"),
    ],
)
def test_a_read_takes_the_new_name_first(before: str, after: str) -> None:
    assert edited(before, ("read_either", {"to": "b"})) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = rec[«'a'»]\n", "x = 0 if rec['a'] is None else rec['a']\n"),
        ("x = rec[«'a'»] + 1\n", "x = (0 if rec['a'] is None else rec['a']) + 1\n"),
        ("x = 2 * rec.get(«'a'»)\n", "x = 2 * (0 if rec.get('a') is None else rec.get('a'))\n"),
        ("x += rec[«'a'»]\n", "x += 0 if rec['a'] is None else rec['a']\n"),
        ("x = rec[«'a'»] is None\n", "x = rec['a'] is None\n"),
        ("x = (rec[«'a'»] or 1) + 1\n", "x = (rec['a'] or 1) + 1\n"),
    ],
)
def test_a_read_says_what_null_counts_as(before: str, after: str) -> None:
    assert edited(before, ("read_null", {"expression": "0"})) == after


@pytest.mark.parametrize(("record", "expected"), [({"a": 3}, 6), ({"a": None}, 10), ({"a": 0}, 0)])
def test_what_null_counts_as_changes_no_value_that_is_there(record: dict[str, int | None], expected: int) -> None:
    names: dict[str, object] = {"rec": record}

    exec(edited("x = 2 * rec[«'a'»]\n", ("read_null", {"expression": "5"})), names)

    assert names["x"] == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = rec[«'a'»] + 1\n", "x = up(rec)['b'] + 1\n"),
        ("x = msg.value().get(«'a'», 0)\n", "x = up(msg.value()).get('b', 0)\n"),
        ("x = rec['c'][«'a'»]\n", "x = up(rec['c'])['b']\n"),
    ],
)
def test_a_record_is_upcast_before_its_new_name_is_read(before: str, after: str) -> None:
    assert edited(before, ("read_upcast", {"to": "b", "expression": "up({})"})) == after


@pytest.mark.parametrize(
    ("record", "expected"),
    [({"a": 1}, 2), ({"a": 1, "b": None}, 2), ({"a": 1, "b": 5}, 10), ({"b": 5}, 10), ({"b": 0}, 0)],
)
def test_reading_either_gives_the_value_that_is_there(record: dict[str, int], expected: int) -> None:
    after = edited("x = 2 * rec[«'a'»]\n", ("read_either", {"to": "b"}))

    names: dict[str, object] = {"rec": record}
    exec(after, names)

    assert names["x"] == expected


@pytest.mark.parametrize(
    ("before", "expression", "after"),
    [
        ("x = {«'a'»: f(1), 'b': 2}\n", "None", "x = {'a': None, 'b': 2}\n"),
        ("x = f(«a»=(1))\n", "1, 2", "x = f(a=(1, 2))\n"),
        ("r[«'a'»] = f(\n    1)\n", "0", "r['a'] = 0\n"),
        ("self.«a»: int = 1\n", "0", "self.a: int = 0\n"),
        ("class Order:\n    «a»: int = field(1)\n", "0", "class Order:\n    a: int = 0\n"),
    ],
)
def test_a_written_value_is_replaced(before: str, expression: str, after: str) -> None:
    assert edited(before, ("set_value", {"expression": expression})) == after


@pytest.mark.parametrize(
    ("before", "expression", "after"),
    [
        ("x = {«'a'»: y + 1}\n", "{} * 100", "x = {'a': (y + 1) * 100}\n"),
        ("x = {«'a'»: y}\n", "{} * 100", "x = {'a': y * 100}\n"),
        ("x = f(«a»=y + 1)\n", "str({})", "x = f(a=str(y + 1))\n"),
        ("r[«'a'»] = y if z else 1\n", "{} or 0", "r['a'] = (y if z else 1) or 0\n"),
        ("r[«'a'»] = y\n", "None if {} is None else str({})", "r['a'] = None if y is None else str(y)\n"),
    ],
)
def test_a_written_value_is_converted_with_the_precedence_it_had(before: str, expression: str, after: str) -> None:
    assert edited(before, ("wrap_value", {"expression": expression})) == after


def test_an_inner_edit_is_carried_along_by_the_outer_one() -> None:
    after = edited("x = {«'a'»: rec[«'a'»] + 1}\n", ("add_key", {"to": "b"}), ("read_default", {"expression": "0"}))

    assert after == "x = {'a': rec.get('a', 0) + 1, 'b': rec.get('a', 0) + 1}\n"


def test_an_edit_inside_of_what_goes_goes_with_it() -> None:
    assert edited("x = {«'a'»: rec[«'a'»], 'c': 1}\n", REMOVE, RENAME) == "x = {'c': 1}\n"


def test_a_name_can_be_renamed_and_its_value_converted() -> None:
    text, [place] = unmarked("x = {«'a'»: y}\n")

    after = edited_at(text, edit_at(place, "rename_key", to="b"), edit_at(place, "wrap_value", expression="int({})"))

    assert after == "x = {'b': int(y)}\n"


@pytest.mark.parametrize(
    ("before", "edit"),
    [
        ("x = [{«'a'»: next(it)} for _ in y]\n", ADD),
        ("x = {'b': f(it), «'a'»: next(it)}\n", ADD),
        ("x = y and {«'a'»: next(it)}\n", ADD),
        ("class C:\n    x = {«'a'»: next(it)}\n", ADD),
        ("x = {«'a'»: 1, 'total': 2}\n", ADD),
        ("x = {«'a'»: 1, 'total': 2}\n", RENAME),
        ("x = o.«a»\n", ("rename_key", {"to": "not a name"})),
        ("x = o.«a»\n", ("rename_key", {"to": "class"})),
        ("x = r[«'a'»]\n", ("rename_key", {"to": "it's"})),
        ("f()[«'a'»] = 1\n", ADD),
        ("x = r[«'a'»] = 1\n", ADD),
        ("x = r[«'a'»]\n", ADD),
        ("x = r[«'a'»]\n", REMOVE),
        ("for r[«'a'»] in x: pass\n", REMOVE),
        ("x = {«'a'»}\n", REMOVE),
        ("x = «'a'», 'b'\n", REMOVE),
        ("x = o.«a»\n", ("read_default", {"expression": "0"})),
        ("x = df[[«'a'»]]\n", ("read_default", {"expression": "0"})),
        ("x = r[«'a'»]\n", ("read_default", {"expression": "0 +"})),
        ("x = msg.value()[«'a'»]\n", ("read_either", NEW)),
        ("x = [y for y in «'a'»]\n", ("read_either", NEW)),
        ("x = o.«a»()\n", ("read_either", NEW)),
        (
            "def bad(record: Column):\n    return record[«'a'»] > record['b']\n",
            ("read_default", {"expression": "None"}),
        ),
        ("x = record[«'a'»].isNull()\n", ("read_default", {"expression": "None"})),
        ("x = when(r['b'].isNull(), r[«'a'»])\n", ("read_either", NEW)),
        ("frame: pd.DataFrame = load()\nx = frame[«'a'»] * 2\n", ("read_either", NEW)),
        ("def f(frame: pd.DataFrame | None):\n    return frame[«'a'»] * 2\n", ("read_either", NEW)),
        (
            "def f(frame: 'Optional[pl.DataFrame]'):\n    return frame[«'a'»] * 2\n",
            ("read_default", {"expression": "0"}),
        ),
        ("x = frame[«'a'»].astype(int)\n", ("read_null", {"expression": "0"})),
        ("x = msg.value()[«'a'»] + 1\n", ("read_null", {"expression": "0"})),
        ("r[«'a'»] += 1\n", ("read_null", {"expression": "0"})),
        ("r[«'a'»] = 1\n", ("read_upcast", {"to": "b", "expression": "up({})"})),
        ("x = r.«a»\n", ("read_upcast", {"to": "b", "expression": "up({})"})),
        ("r[«'a'»] += 1\n", ("set_value", {"expression": "0"})),
        ("x = {«'a'»: next(it)}\n", ("wrap_value", {"expression": "{} or {}"})),
        ("x = {«'a'»: 1}\n", ("wrap_value", {"expression": "int()"})),
        ("x = «'abc'»\n", ("rename_key", {"name": "a", "to": "b"})),
    ],
)
def test_what_could_mean_something_else_is_refused_with_its_place(before: str, edit: Asked) -> None:
    with pytest.raises(CannotEdit) as refusal:
        edited(before, edit)

    assert refusal.value.next


def test_contradicting_edits_are_refused_with_their_place() -> None:
    text, [place] = unmarked("\nx = {«'a'»: y}\n")

    with pytest.raises(CannotEdit, match=r'The edits of "a" at job.py:2 contradict each other'):
        edited_at(text, edit_at(place, "remove_key"), edit_at(place, "add_key", to="b"))


def test_a_file_that_does_not_parse_is_refused_with_its_line() -> None:
    with pytest.raises(CannotEdit, match=r"job\.py does not parse as Python") as refusal:
        edited("x = 1\nif :\n  r[«'a'»]\n", RENAME)

    assert str(refusal.value.where) == "job.py:2"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "def f(r):\n    return {'id': key(r), «'at'»: int(time.time() * 1000)}\n",
            "def f(r):\n    at = int(time.time() * 1000)\n    return {'id': key(r), 'at': at, 'total': at}\n",
        ),
        (
            "send(out, Score(«score»=model.predict(x)))\n",
            "score = model.predict(x)\nsend(out, Score(score=score, total=score))\n",
        ),
        (
            "def f(at):\n    x = {«'at'»: next(it), 'b': g(at)}\n",
            "def f(at):\n    at_value = next(it)\n    x = {'at': at_value, 'total': at_value, 'b': g(at)}\n",
        ),
        (
            "r = {\n    «'at'»: uuid4(  # new\n    ),\n    'b': 1,\n}\n",
            "at = (uuid4(  # new\n    ))\nr = {\n    'at': at,\n    'total': at,\n    'b': 1,\n}\n",
        ),
        ("x = {«'a'»: cost(b), 'c': y or f()}\n", "a = cost(b)\nx = {'a': a, 'total': a, 'c': y or f()}\n"),
        ("x = {'c': f(), «'a'»: cost(b)}\n", "x = {'c': f(), 'a': cost(b), 'total': cost(b)}\n"),
    ],
)
def test_a_value_that_is_written_twice_is_computed_once(before: str, after: str) -> None:
    assert edited(before, ADD) == after


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        (
            "x = r[«'a'»]\n",
            ("read_either", {"to": "b", "expression": "{} / 100"}),
            "x = r['a'] if r.get('b') is None else r['b'] / 100\n",
        ),
        (
            "x = r[«'a'»] + 1\n",
            ("read_converted", {"to": "b", "expression": "round({} * 100)"}),
            "x = round(r['b'] * 100) + 1\n",
        ),
        (
            "x = r.get(«'a'», 5)\n",
            ("read_converted", {"to": "b", "expression": "{} / 100"}),
            "x = 5 if r.get('b') is None else r.get('b') / 100\n",
        ),
        ("x = «'a'» in r\n", ("read_converted", {"to": "b", "expression": "{} / 100"}), "x = 'b' in r\n"),
    ],
)
def test_a_read_of_another_field_is_converted_back(before: str, edit: Asked, after: str) -> None:
    assert edited(before, edit) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import os\nimport avro\n\nx = {«'a'»: 1}\n",
            "import os\nfrom decimal import Decimal\nimport avro\n\nx = {'a': Decimal(1)}\n",
        ),
        ("import avro\n\nx = {«'a'»: 1}\n", "from decimal import Decimal\n\nimport avro\n\nx = {'a': Decimal(1)}\n"),
        ('"""Doc."""\n\nx = {«"a"»: 1}\n', '"""Doc."""\n\nfrom decimal import Decimal\n\nx = {"a": Decimal(1)}\n'),
        ("x = {«'a'»: 1}\n", "from decimal import Decimal\n\nx = {'a': Decimal(1)}\n"),
        ("from decimal import Decimal\nx = {«'a'»: 1}\n", "from decimal import Decimal\nx = {'a': Decimal(1)}\n"),
        ("import decimal\nx = {«'a'»: 1}\n", "import decimal\nfrom decimal import Decimal\nx = {'a': Decimal(1)}\n"),
    ],
)
def test_an_expression_brings_the_import_that_it_needs(before: str, after: str) -> None:
    assert edited(before, ("wrap_value", {"expression": "Decimal({})"})) == after


def test_an_expression_is_refused_where_its_name_means_something_else() -> None:
    with pytest.raises(CannotEdit, match="means something else"):
        edited("Decimal = float\nx = {«'a'»: 1}\n", ("wrap_value", {"expression": "Decimal({})"}))


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        (
            "x = {«'a'»: y, 'c': z + 1}\n",
            ("add_converted", {"to": "b", "expression": "{} + {c}"}),
            "x = {'a': y, 'b': y + (z + 1), 'c': z + 1}\n",
        ),
        (
            "x = f(«a»=y, c=z)\n",
            ("add_converted", {"to": "b", "expression": "[{}, {c}]"}),
            "x = f(a=y, b=[y, z], c=z)\n",
        ),
        ("x = {«'a'»: y}\n", ("rename_key", {"to": "b", "expression": "[{}]"}), "x = {'b': [y]}\n"),
        (
            "x = r[«'a'»]\n",
            ("read_converted", {"to": "b", "expression": "{} if {c} is None else {} + {c}"}),
            "x = r['b'] if r['c'] is None else r['b'] + r['c']\n",
        ),
    ],
)
def test_a_conversion_takes_in_what_stands_beside(before: str, edit: Asked, after: str) -> None:
    assert edited(before, edit) == after


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("{'id': raw['s'], 'name': get(raw)}", "raw['s']"),
        ("{'id': p or q, 'name': None}", "p or q"),
        ("{'id': (p, q)}", "(p, q)"),
        ("{'id': p +\n q}", "(p +\n q)"),
        ("{**rest, 'id': p}", "{**rest, 'id': p}['id']"),
        ("{'name': p}", "{'name': p}['id']"),
        ("made(raw)", "made(raw)['id']"),
    ],
)
def test_an_entry_of_a_dict_that_is_written_out_is_taken_as_it_is(value: str, taken: str) -> None:
    after = edited(f"x = f(«a»={value})\n", ("rename_key", {"to": "b", "expression": "{}['id']"}))

    assert after == f"x = f(b={taken})\n"


@pytest.mark.parametrize(
    "before", ["x = {«'a'»: y}\n", "x = {«'a'»: y, 'c': next(it)}\n", "x = {«'a'»: y, 'c': f(z)}\n", "r[«'a'»] = y\n"]
)
def test_a_conversion_is_refused_where_what_it_takes_in_is_missing_or_computed(before: str) -> None:
    with pytest.raises(CannotEdit):
        edited(before, ("add_converted", {"to": "b", "expression": "{} + {c}"}))
