"""What does a call do: make a client, consume, produce, decode, encode, read the environment, join a path, or use names?

The order of the questions is the order of certainty: what is imported from a client library first, what a method is called
second, what is left is an ordinary call whose arguments are read.
"""

from __future__ import annotations

import ast

from copilot.readers import libraries, paths
from copilot.readers.arguments import see_arguments
from copilot.readers.call_names import see_names
from copilot.readers.celery_tasks import SENDERS, TASK_NAMES, note_send, note_settings, note_task
from copilot.readers.clients import see_client_decorator, see_client_method, see_library_call
from copilot.readers.codecs import see_codec_call, see_codec_function
from copilot.readers.conversions import column_call, converted, rows_named, rows_of
from copilot.readers.dicts import see_dict_call
from copilot.readers.flow import Origin
from copilot.readers.formatting import formatted
from copilot.readers.handed_calls import HANDED_TO, see_handed_call
from copilot.readers.handlers import qualified
from copilot.readers.invocations import note_invocation
from copilot.readers.items import PARTS, each, is_record, part_called
from copilot.readers.model_classes import METHODS, see_model_method
from copilot.readers.operators import text_of
from copilot.readers.options import see_view
from copilot.readers.reading import Reader
from copilot.readers.record_classes import class_named
from copilot.readers.schema_literals import literal_of_template, made_by_call
from copilot.readers.scope import NOTHING, FunctionNode, Seen, receiver_name
from copilot.readers.sql_runs import RUNNERS, note_run
from copilot.readers.tables import DESCRIBED, TABLE_METHODS, forget_shown, note_descriptor, note_sql, note_table
from copilot.readers.texts import see_text_call
from copilot.readers.things import chained, value_of
from copilot.readers.values import Value, with_default
from copilot.readers.whole_records import NAMES as TAKERS
from copilot.readers.whole_records import see_whole_records

_COPIES = frozenset({"copy.deepcopy", "copy.copy", "dict", "list", "sorted", "reversed", "tuple", "iter", "next"})
_CONTAINERS = frozenset(
    {"collections.defaultdict", "collections.deque", "collections.OrderedDict", "queue.Queue", "asyncio.Queue"}
)
_OPENING = frozenset({"open", "io.open", "gzip.open"})
_OPENING_METHODS = frozenset({"open", "read_text", "read_bytes"})
_PASSING_METHODS = frozenset(
    {
        "strip",
        "rstrip",
        "lstrip",
        "encode",
        "decode",
        "resolve",
        "absolute",
        "as_posix",
        "expanduser",
        "read",
    }
    | {
        "readlines",
        "getvalue",
        "copy",
        "lower",
        "to_dict",
        "values",
        "items",
        "tolist",
        "result",
        "get_nowait",
    }
)
_TEXT_METHODS = frozenset(
    {"encode", "decode", "strip", "lstrip", "rstrip", "lower", "upper", "casefold", "hex", "isoformat"}
)
"""What gives a value in another form: how the result is used is how the value is."""
_ASKING_METHODS = frozenset(
    {
        "isNull",
        "isNotNull",
        "isin",
        "between",
        "eqNullSafe",
        "like",
        "rlike",
        "ilike",
        "isna",
        "notna",
        "isnull",
        "notnull",
    }
    | {"is_null", "is_not_null", "is_in", "is_between", "startswith", "endswith", "isdigit", "isalpha", "isnumeric"}
)
"""What asks of a value, or of each of a column, what it is."""
_LISTING = frozenset({"list", "set", "tuple", "sorted"})
_PASSING_CALLS = frozenset(
    {
        "str",
        "open",
        "os.path.abspath",
        "os.path.realpath",
        "os.path.normpath",
        "os.path.expanduser",
        "os.fspath",
        "list",
        "set",
    }
    | {"io.BytesIO", "io.StringIO", "BytesIO", "bytes", "tuple"}
    | {
        "sqlalchemy.text",
        "sqlalchemy.sql.text",
        "sqlalchemy.sql.expression.text",
        "psycopg2.sql.SQL",
        "psycopg.sql.SQL",
    }
    | {"textwrap.dedent", "inspect.cleandoc"}
)


def see_call(reader: Reader, node: ast.Call, mode: str) -> Seen:
    """Reads a call and everything in it."""
    seen = _see_call(reader, node, mode)
    function = node.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if reader.sheet.is_quiet:
        return seen
    if name == "print":
        forget_shown(reader, node)
    elif name in RUNNERS:
        note_run(reader, node, name)
    elif name in SENDERS and isinstance(function, ast.Attribute):
        note_send(reader, node, function)
    elif name == "Celery" or (name == "update" and _is_conf(function)):
        note_settings(reader, node)
    if name in HANDED_TO:
        see_handed_call(reader, node, name)
    if name in TAKERS:
        see_whole_records(reader, node, name)
    return seen


def _called(function: ast.expr) -> str:
    """Returns the last name by which something is called."""
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _is_conf(function: ast.expr) -> bool:
    """Tells whether a method is one of `app.conf`."""
    inner = function.value if isinstance(function, ast.Attribute) else function
    return isinstance(inner, ast.Attribute) and inner.attr == "conf"


def _see_call(reader: Reader, node: ast.Call, mode: str) -> Seen:
    dotted = reader.scope.dotted(node.func)
    found = (
        paths.see_environment(reader, node, dotted)
        or see_text_call(reader, node, dotted, mode)
        or see_codec_function(reader, node, dotted)
        or see_library_call(reader, node, dotted)
        or paths.see_path_call(reader, node, dotted)
        or see_codec_call(reader, node)
        or see_view(reader, node)
    )
    if found is not None:
        return found
    if isinstance(node.func, ast.Attribute) and node.func.attr in PARTS:
        found = part_called(reader, node, node.func, reader.see(node.func.value))
        if found is not None:
            return found
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        found = see_model_method(reader, node, node.func.attr, reader.see(node.func.value))
        if found is not None:
            return found
    if isinstance(node.func, ast.Attribute) and not dotted:
        return _method(reader, node, node.func, mode)
    if dotted == "super" and not node.args and reader.scope.class_name:
        return Seen(thing=("super", reader.scope.class_name))
    if dotted == "dict" and node.keywords and len(node.args) <= 1:
        return see_dict_call(reader, node)
    column = column_call(reader, node, dotted, mode)
    if column is not None:
        return column
    made = reader.sheet.new_literal() if _makes_object(reader, node) else None
    with rows_named(reader, node, NOTHING, dotted):
        arguments = see_arguments(reader, node, mode if dotted in libraries.CONVERSIONS else "reads", made)
    if dotted in _OPENING and node.args:
        return Seen(arguments[0].value, arguments[0].origin, ("client", "file", value_of(reader, node.args[0]), -1))
    if dotted in _PASSING_CALLS or dotted in _COPIES:
        first = arguments[0] if arguments else NOTHING
        if dotted == "next" and first.origin is not None:
            return Seen(None, first.origin.item())
        is_table = (first.value or first.thing or ("",))[0] in ("dict", "name", "map", "load", "get", "item")
        if is_table and dotted in _LISTING and not is_record(first):
            return each(reader, first)
        is_new = not node.args and dotted in ("dict", "list", "set")
        return Seen(None, reader.sheet.new_literal()) if is_new else first
    if dotted in _CONTAINERS:
        return Seen(None, reader.sheet.new_literal())
    if dotted == "getattr" and len(node.args) > 1:
        return _get_attribute(reader, node, arguments)
    if dotted.endswith((".DataFrame", ".Series", ".array", ".from_records")) and arguments:
        return Seen(None, _rows(arguments[0].origin))
    thing = made_by_call(node, note_invocation(reader, node), reader.sheet)
    record = converted(reader, node, NOTHING, arguments)
    if record is not None:
        return Seen(None, record, thing)
    if dotted and "." in dotted and not libraries.is_foreign(dotted):
        seen = _imported_function(reader, node, dotted, arguments)
        return seen._replace(origin=made or seen.origin, thing=thing)
    if made is not None:
        return Seen(None, made, thing)
    return _function(reader, node, arguments, thing)


def _makes_object(reader: Reader, node: ast.Call) -> bool:
    """Tells whether a call makes an object of a class of the repository whose fields are all named."""
    is_named = bool(node.keywords) and not node.args and all(keyword.arg for keyword in node.keywords)
    return (
        is_named
        and class_named(reader, node.func) is not None
        and not libraries.is_foreign(reader.scope.dotted(node.func))
    )


def see_decorator(reader: Reader, node: ast.expr, function: FunctionNode) -> None:
    """Reads a decorator; those of stream frameworks subscribe the function to topics."""
    is_task = _called(node.func if isinstance(node, ast.Call) else node) in TASK_NAMES and note_task(
        reader, node, function, qualified(reader, function)
    )
    if not is_task and not see_client_decorator(reader, node, function):
        reader.see(node)


def _method(reader: Reader, node: ast.Call, function: ast.Attribute, mode: str) -> Seen:
    filled = literal_of_template(node, function.value, reader.sheet) if function.attr == "format" else None
    if filled is not None:
        return Seen(("literal", filled))
    used = "compares" if function.attr in _ASKING_METHODS else mode if function.attr in _TEXT_METHODS else "reads"
    base = reader.see(function.value, used)
    with rows_named(reader, node, base, ""):
        found = see_client_method(reader, node, function, base) or see_names(reader, node, function, base, mode)
        arguments = see_arguments(reader, node) if found is None else []
    if found is not None:
        return found
    if function.attr == "split" and base.value is not None:
        separator = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
        return Seen(("split", base.value, str(separator)))
    template = text_of(function.value, base) if function.attr == "format" else None
    if template is not None:
        named = {one.arg: value_of(reader, one.value) for one in node.keywords if one.arg}
        value = formatted(template, [value_of(reader, one) for one in node.args], named)
        if not reader.sheet.is_quiet:
            note_sql(reader, node, value)
        return Seen(value) if base.value is not None else NOTHING
    if function.attr == "joinpath":
        return Seen(("path", (base.value, *(reader.see(argument).value for argument in node.args))))
    if function.attr in _OPENING_METHODS and (base.value is not None or base.thing is not None):
        return Seen(base.value, base.origin, ("client", "file", value_of(reader, function.value, base), -1))
    if function.attr in TABLE_METHODS:
        note_table(reader, node, function.attr)
    elif function.attr in DESCRIBED:
        note_descriptor(reader, node)
    thing = note_invocation(reader, node, base)
    if base.thing is not None and base.thing[0] in ("local", "self"):
        thing = made_by_call(node, thing, reader.sheet)
    if function.attr in ("append", "add", "appendleft", "put", "put_nowait") and arguments:
        _put_in(reader, base, arguments[0], function.value)
        _function(reader, node, arguments, thing)
        return NOTHING
    rows = rows_of(base, function.attr)
    if rows is not None or function.attr in _PASSING_METHODS:
        return rows or base
    record = converted(reader, node, base, arguments)
    if record is not None:
        return Seen(None, record, thing)
    return _function(reader, node, arguments, thing)


def _put_in(reader: Reader, container: Seen, item: Seen, target: ast.expr) -> None:
    """Notes that a record goes into a list, or into a list in a dict."""
    if item.origin is None:
        return
    if container.origin is None:
        if isinstance(target, ast.Name | ast.Attribute):
            reader.scope.bind(target, Seen(container.value, item.origin.wrapped()))
    elif container.origin.path in ("", "[]"):
        wrapped = item.origin.wrapped()
        reader.sheet.flow.flows(wrapped.wrapped() if container.origin.path else wrapped, container.origin.root)


def _function(reader: Reader, node: ast.Call, arguments: list[Seen], thing: Value) -> Seen:
    """Follows records into a function, and out of it: one of the same file, or the one that the chain `thing` is a call of."""
    name = reader.scope.function_called(node.func)
    if name:
        return _own_function(reader, node, arguments, name)._replace(thing=thing)
    if thing is None or thing[0] != "call" or not _may_have_code(thing[1]):
        return Seen(thing=thing)
    return _imported_function(reader, node, reader.sheet.callee(thing[1]), arguments)._replace(thing=thing)


def _may_have_code(callee: Value) -> bool:
    """Tells whether a chain may lead to a function of the repository: through an object or an argument, and no client."""
    while callee is not None and callee[0] in ("attr", "item", "call"):
        callee = callee[1]
    return callee is not None and callee[0] in ("self", "super", "param", "local", "name", "any")


def _own_function(reader: Reader, node: ast.Call, arguments: list[Seen], name: str) -> Seen:
    """Follows records into a function of the same file, and out of it."""
    names = reader.scope.functions[name]
    for parameter, seen in zip(names, arguments, strict=False):
        reader.sheet.flow.flows(seen.origin, ("param", f"{name}:{parameter}"))
    for keyword in node.keywords:
        if keyword.arg in names:
            reader.sheet.flow.flows(_simple_origin(reader, keyword.value), ("param", f"{name}:{keyword.arg}"))
    return Seen(None, Origin(("ret", name)))


def _imported_function(reader: Reader, node: ast.Call, dotted: str, arguments: list[Seen]) -> Seen:
    """Notes which records go into a function of another file, and that what comes out may be one."""
    sheet = reader.sheet
    passed = [(position, "", seen.origin) for position, seen in enumerate(arguments)]
    passed += [(-1, one.arg, _simple_origin(reader, one.value)) for one in node.keywords if one.arg]
    for position, keyword, origin in passed:
        if origin is not None:
            sheet.passes.append((dotted, position, keyword, origin))
            sheet.flow.goes(origin, "d", f"{dotted}#{keyword or position}")
    result = Origin(("iret", dotted))
    sheet.flow.comes(result.root, "i", dotted)
    return Seen(None, result)


def _simple_origin(reader: Reader, node: ast.expr) -> Origin | None:
    return reader.see(node).origin if isinstance(node, ast.Name | ast.Dict | ast.Call) else None


def _get_attribute(reader: Reader, node: ast.Call, arguments: list[Seen]) -> Seen:
    base, key = arguments[0], node.args[1]
    receiver = receiver_name(node.args[0])
    if not isinstance(key, ast.Constant):
        reader.sheet.add_blind(
            node, f"the name of the field is computed (getattr({receiver}, ...))", receiver, base.origin
        )
    elif len(arguments) > 2 and isinstance(key.value, str):
        unknown = chained("attr", base.thing, key.value) or ("var", key.value, None)
        return Seen(with_default(unknown, arguments[2].value))
    return NOTHING


def _rows(origin: Origin | None) -> Origin | None:
    """Returns the origin of a table's columns: the rows of a list of records share their names."""
    return None if origin is None else origin.item()
