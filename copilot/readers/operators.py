"""What do operators do with the values and names between them: compute, compare, choose, or put a text together?"""

from __future__ import annotations

import ast

from copilot.readers.formatting import interpolated
from copilot.readers.query_uses import names_columns, note_columns
from copilot.readers.reading import Reader
from copilot.readers.schema_literals import literal_of_template, literal_of_text
from copilot.readers.scope import NOTHING, Seen, receiver_name
from copilot.readers.tables import note_sql
from copilot.readers.things import merged, value_of
from copilot.readers.values import MAX_PARTS, Value, either, with_default


def see_arithmetic(reader: Reader, node: ast.BinOp, mode: str) -> Seen:
    filled = literal_of_template(node, node.left, reader.sheet) if isinstance(node.op, ast.Mod) else None
    if filled is not None:
        return Seen(("literal", filled))
    inner = "computes" if mode in ("reads", "passes") else mode
    left, right = reader.see(node.left, inner), reader.see(node.right, inner)
    template = text_of(node.left, left) if isinstance(node.op, ast.Mod) else None
    if template is not None:
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        named = dict(right.thing[1]) if right.thing is not None and right.thing[0] == "map" else {}
        value = interpolated(template, [value_of(reader, one) for one in given], named)
        if not reader.sheet.is_quiet:
            note_sql(reader, node, value)
        return Seen(value) if left.value is not None else NOTHING
    # What is divided by a text is a path, whatever is known of it.
    is_path = left.value is not None or (right.value is not None and right.value[0] in ("s", "cat"))
    if is_path and isinstance(node.op, ast.Div):
        return Seen(("path", (value_of(reader, node.left, left), value_of(reader, node.right, right))))
    if isinstance(node.op, ast.Add) and (left.value is not None or right.value is not None):
        # What a loop goes through is a list, too, and a text that is added to it goes to each of its items.
        is_text = right.value is not None and right.value[0] in ("s", "cat", "env")
        kind = "list" if left.value is not None and left.value[0] == "list" and not is_text else "cat"
        return Seen((kind, (value_of(reader, node.left, left), value_of(reader, node.right, right))))
    if isinstance(node.op, ast.BitOr) and left.thing is not None and right.thing is not None:
        return Seen(None, left.origin or right.origin, merged((left.thing, right.thing)))
    return NOTHING


def text_of(node: ast.expr, seen: Seen) -> str | None:
    """Returns the text that is filled in: that of a constant, however long, or what was seen; None where it isn't known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return seen.value[1] if seen.value is not None and seen.value[0] == "s" else None


def see_unary(reader: Reader, node: ast.UnaryOp, mode: str) -> Seen:
    reader.see(node.operand, "compares" if isinstance(node.op, ast.Not) else "computes")
    return NOTHING


def see_logic(reader: Reader, node: ast.BoolOp, mode: str) -> Seen:
    seen = [reader.see(part, mode) for part in node.values]
    value: Value = None
    for part in seen:
        value = either(value, part.value)
    if len(seen) == 2 and isinstance(node.op, ast.Or) and seen[0].value is not None and seen[0].value[0] == "env":
        name, default, *line = seen[0].value[1:]
        value = ("env", name, either(default, seen[1].value), *line)
    elif len(seen) == 2 and isinstance(node.op, ast.Or) and seen[0].value is None:
        value = with_default(value_of(reader, node.values[0]), value) or value
    origin = next((part.origin for part in seen if part.origin is not None), None)
    if len(seen) == 2 and isinstance(node.op, ast.Or) and (handed := _handed_or(*seen)) is not None:
        return Seen(None, origin, handed)
    return Seen(value, origin, next((part.thing for part in seen if part.thing is not None), None))


def _handed_or(given: Seen, otherwise: Seen) -> Value:
    """Returns the argument of `given or otherwise` with what stands for it where callers hand over none, None for anything else."""
    if given.thing is None or given.thing[0] != "param" or given.thing[2] is not None:
        return None
    known = otherwise.thing or (
        otherwise.value if otherwise.value is not None and otherwise.value[0] == "name" else None
    )
    return ("param", given.thing[1], known) if known is not None else None


def see_comparison(reader: Reader, node: ast.Compare, mode: str) -> Seen:
    first = node.left
    is_membership = isinstance(node.ops[0], ast.In | ast.NotIn)
    if is_membership and isinstance(first, ast.Constant) and isinstance(first.value, str):
        base = reader.see(node.comparators[0])
        reader.sheet.add_use(first.value, first, "compares", "string", receiver_name(node.comparators[0]), base.origin)
        return NOTHING
    for part in (first, *node.comparators):
        reader.see(part, "compares")
    return NOTHING


def see_choice(reader: Reader, node: ast.IfExp, mode: str) -> Seen:
    reader.see(node.test, "compares")
    body, other = reader.see(node.body, mode), reader.see(node.orelse, mode)
    value = either(body.value, other.value)
    if body.value is not None and body.value[0] == "env" and body.value[2] is None:
        # `os.environ["X"] if "X" in os.environ else default`, and the same of the words of a program's start.
        value = (*body.value[:2], other.value, *body.value[3:])
    for seen, branch in ((body, node.body), (other, node.orelse)):
        if seen.value is None and not isinstance(branch, ast.Constant):
            value = with_default(value_of(reader, branch), value) or value
    return Seen(value, body.origin or other.origin, body.thing or other.thing)


def see_text(reader: Reader, node: ast.JoinedStr, mode: str) -> Seen:
    literal = literal_of_text(node, reader.sheet)
    if literal is not None:
        return Seen(("literal", literal))
    parts: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(("s", part.value, part.lineno))
        else:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            used = mode if mode in ("keys", "compares") else "computes" if _has_format(part) else "reads"
            parts.append(value_of(reader, inner, reader.see(inner, used)))
    if len(parts) > MAX_PARTS:
        return NOTHING
    if not reader.sheet.is_quiet:
        note_sql(reader, node, ("cat", tuple(parts)))
        if names_columns("".join(part[1] for part in parts if part is not None and part[0] == "s")):
            note_columns(reader, node)
    return Seen(("cat", tuple(parts)))


def _has_format(part: ast.expr) -> bool:
    """Tells whether a place of an f-string asks a kind of its value: `{total:.2f}`, but not `{total!r:>9}`, which takes any."""
    return isinstance(part, ast.FormattedValue) and part.format_spec is not None and part.conversion == -1


def is_same_name(key: ast.expr, value: ast.expr) -> bool:
    """Tells whether `{key: value}` copies an entry under its own name: `{k: record[k]}`, `{k: record.get(k)}`."""
    if (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "get"
        and value.args
    ):
        inner: ast.expr = value.args[0]
    elif isinstance(value, ast.Subscript):
        inner = value.slice
    else:
        return False
    return isinstance(key, ast.Name) and isinstance(inner, ast.Name) and key.id == inner.id
