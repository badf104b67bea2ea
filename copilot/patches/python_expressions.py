"""What may be said of a Python expression before it is moved: can it stand here bare, and may it be evaluated twice?"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from copilot.patches.python_source import PythonSource
from copilot.patches.splices import CannotEdit

PLACEHOLDER = "{}"
_STAND_IN = "__v__"
_ENTRY = re.compile(r"""\{\}\[(["'])(\w+)\1\]""")
_NAMED = re.compile(r"\{([A-Za-z_]\w*)\}")
_LOOSE = (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.GeneratorExp, ast.Tuple, ast.Starred)
_ATOMS = (
    ast.Name,
    ast.Constant,
    ast.Attribute,
    ast.Subscript,
    ast.Call,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.JoinedStr,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
)
# Functions that give another value each time, by the names that people know them by; clocks and dice change nothing by that.
CLOCKS = frozenset(
    {"getrandbits", "monotonic", "now", "perf_counter", "randint", "random", "randrange", "time", "time_ns", "today"}
    | {"token_bytes", "token_hex", "token_urlsafe", "uniform", "urandom", "utcnow", "uuid1", "uuid4"}
)
_UNREPEATABLE = CLOCKS | frozenset(
    {
        "choice",
        "choices",
        "consume",
        "fetchone",
        "gauss",
        "get_nowait",
        "getrandbits",
        "input",
        "monotonic",
        "next",
        "now",
    }
    | {
        "perf_counter",
        "poll",
        "pop",
        "popitem",
        "popleft",
        "randint",
        "random",
        "randrange",
        "read",
        "readline",
        "readlines",
    }
    | {"recv", "sample", "send", "shuffle", "time", "time_ns", "today", "token_bytes", "token_hex", "token_urlsafe"}
    | {"uniform", "urandom", "utcnow", "uuid1", "uuid4", "write"}
)


def checked_expression(text: str) -> str:
    """Returns the text where it is one Python expression; raises CannotEdit."""
    _parsed(text)
    return text


def parenthesised(text: str) -> str:
    """Returns an expression that can stand as an argument or a dict's value; raises CannotEdit where it is none."""
    return f"({text})" if isinstance(_parsed(text), _LOOSE) else text


def is_atom(text: str) -> bool:
    """Tells whether an expression holds together by itself wherever it stands, as a call or a name does."""
    return isinstance(_parsed(text), _ATOMS)


def named_places(expression: str) -> tuple[str, ...]:
    """Returns the names of the fields whose values an expression takes besides its own: those in "{name}"."""
    return tuple(dict.fromkeys(_NAMED.findall(expression)))


def filled(expression: str, texts: Mapping[str, str]) -> str:
    """Returns the expression with a text in the place of each "{name}", in parentheses where it needs them."""
    return _NAMED.sub(lambda found: texts[found[1]] if is_atom(texts[found[1]]) else f"({texts[found[1]]})", expression)


def wrapped(expression: str, value_text: str, value: ast.expr) -> str:
    """Returns `expression` with the value in the place of "{}", in parentheses where precedence asks for them.

    Of a dict that is written out, the entry that the expression takes is the value itself.
    """
    if entry := _entry(expression, value_text):
        return entry
    count = expression.count(PLACEHOLDER)
    if count == 0 or (count > 1 and not is_repeatable(value)):
        raise CannotEdit(f'The conversion "{expression}" does not fit this value.', None, "Convert the value by hand.")
    tree = _parsed(expression.replace(PLACEHOLDER, _STAND_IN))
    is_argument = all(_is_argument(parent, child) for parent, child in _stand_ins(tree))
    is_bare = isinstance(value, _ATOMS) or (is_argument and not isinstance(value, _LOOSE))
    return parenthesised(expression.replace(PLACEHOLDER, value_text if is_bare else f"({value_text})"))


def _entry(expression: str, value_text: str) -> str:
    """Returns the text of the entry that an expression takes of a dict that is written out, "" where it does no such thing."""
    entry, text = _ENTRY.fullmatch(expression), value_text.strip()
    tree = _parsed(text) if entry else None
    if entry is None or not isinstance(tree, ast.Dict):
        return ""
    named = [value for key, value in zip(tree.keys, tree.values, strict=True) if _is_text(key, entry[2])]
    if len(named) != 1 or not all(isinstance(key, ast.Constant) for key in tree.keys):
        return ""
    taken = ast.get_source_segment(text, named[0]) or ""
    # The dict's braces held together what now may have to stand on lines of its own.
    is_loose = isinstance(named[0], ast.NamedExpr | ast.Yield | ast.YieldFrom) or "\n" in taken
    return f"({taken})" if is_loose else taken


def _is_text(key: ast.expr | None, text: str) -> bool:
    return isinstance(key, ast.Constant) and key.value == text


def is_repeatable(value: ast.expr) -> bool:
    """Tells whether computing it twice gives the same value, as far as names tell."""
    for node in ast.walk(value):
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(node, ast.Call) and called_name(node) in _UNREPEATABLE:
            return False
    return True


def reference_only(value: ast.expr) -> bool:
    """Tells whether it only names things, so that evaluating it again does nothing new."""
    allowed = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.UnaryOp, ast.USub, ast.expr_context)
    return all(isinstance(node, allowed) for node in ast.walk(value))


def needs_parentheses(source: PythonSource, node: ast.AST) -> bool:
    """Tells whether a conditional expression in the place of `node` must stand in parentheses."""
    parent = source.parent(node)
    match parent:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Return() | ast.Expr() | ast.keyword():
            return False
        case ast.List() | ast.Tuple() | ast.Set() | ast.FormattedValue():
            return False
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element) | ast.SetComp(elt=element):
            return element is not node
        case ast.Dict(values=values):
            return node not in values
        case ast.Call(args=args):
            return node not in args
        case ast.Subscript(slice=index):
            return index is not node
    return True


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise CannotEdit(f'"{text}" is not a Python expression.', None, "Write the value by hand.") from None


def _stand_ins(tree: ast.expr) -> list[tuple[ast.AST, ast.Name]]:
    return [
        (parent, child)
        for parent in ast.walk(ast.Expression(tree))
        for child in ast.iter_child_nodes(parent)
        if isinstance(child, ast.Name) and child.id == _STAND_IN
    ]


def _is_argument(parent: ast.AST, child: ast.expr) -> bool:
    return isinstance(parent, ast.keyword) or (isinstance(parent, ast.Call) and child in parent.args)


def called_name(call: ast.Call) -> str:
    """Returns the last name of what is called, "" where it has none."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
