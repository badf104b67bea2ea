"""What texts do calls put together or take from elsewhere: formats and joins, defaults of fields, and configuration files?"""

from __future__ import annotations

import ast

from copilot.readers.arguments import see_arguments
from copilot.readers.reading import Reader
from copilot.readers.scope import Seen
from copilot.readers.things import chained, value_of
from copilot.readers.values import MAX_PARTS, Value

PLAIN_METHODS = frozenset({"lower", "upper", "replace", "removeprefix", "removesuffix"})
_FIELDS = frozenset(
    {
        "dataclasses.field",
        "pydantic.Field",
        "pydantic.fields.Field",
        "attr.ib",
        "attrs.field",
        "attr.field",
        "pydantic.v1.Field",
    }
)
_LOADS = {
    "yaml.safe_load": "yaml",
    "yaml.load": "yaml",
    "yaml.full_load": "yaml",
    "yaml.unsafe_load": "yaml",
    "ruamel.yaml.safe_load": "yaml",
    "omegaconf.OmegaConf.load": "yaml",
    "toml.load": "toml",
    "toml.loads": "toml",
    "tomllib.load": "toml",
    "tomllib.loads": "toml",
    "tomli.load": "toml",
    "tomli.loads": "toml",
    "hydra.compose": "yaml",
}
INI = "ini"


def see_text_call(reader: Reader, node: ast.Call, dotted: str, mode: str) -> Seen | None:
    """Reads a call that gives a text, or what texts are read from; None where it is none."""
    if dotted in _FIELDS:
        return _field_default(reader, node)
    if dotted in _LOADS:
        found = see_arguments(reader, node)
        value = file_of(found[0]) if found else None
        return Seen(("load", _LOADS[dotted], value)) if value is not None else None
    if dotted in ("configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser"):
        see_arguments(reader, node)
        return Seen(("load", INI, None))
    if not isinstance(node.func, ast.Attribute) or dotted:
        return None
    return _method(reader, node, node.func, mode)


def _method(reader: Reader, node: ast.Call, function: ast.Attribute, mode: str) -> Seen | None:
    name = function.attr
    if name == "format":
        base = reader.see(function.value).value
        is_elsewhere = base is not None and base[0] not in ("s", "cat")
        return Seen(_formatted(reader, node, base)) if is_elsewhere else None
    if name == "join" and len(node.args) == 1:
        base = reader.see(function.value).value
        joined = reader.see(node.args[0]) if base is not None and base[0] == "s" else Seen()
        items = joined.value
        if base is not None and base[1] == "," and items is None and joined.thing is not None:
            # Clients take apart what is joined like this: each item is one.
            return Seen(None, None, joined.thing)
        return Seen(_separated(base, items[1])) if items is not None and items[0] == "list" else None
    if name in PLAIN_METHODS:
        base = reader.see(function.value, mode)
        given = tuple(one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
        if len(given) != len(node.args):
            return None
        if base.value is not None and base.value[0] != "name":
            return Seen(("as", name, base.value, given))
        # What an argument is, only its callers tell.
        is_handed = base.value is None and base.thing is not None and base.thing[0] in ("param", "as")
        return Seen(None, None, ("as", name, base.thing, given)) if is_handed else None
    if name in ("read", "get") and node.args:
        base = reader.see(function.value).value
        if base is not None and base[:2] == ("load", INI):
            return _of_parser(reader, node, function, base)
    return None


def _of_parser(reader: Reader, node: ast.Call, function: ast.Attribute, base: Value) -> Seen | None:
    """Reads `parser.read(path)`, after which the parser stands for the file, and `parser.get(section, option)`."""
    if function.attr == "read":
        path = reader.see(node.args[0]).value
        reader.scope.bind(function.value, Seen(("load", INI, path)))
        return Seen()
    keys = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(keys) != 2:
        return None
    fallback = next((reader.see(one.value).value for one in node.keywords if one.arg == "fallback"), None)
    return Seen(("get", ("get", base, keys[0], None), keys[1], fallback))


def file_of(opened: Seen) -> Value:
    """Returns what names the file that was opened, which may be an argument of the function around."""
    if opened.value is not None or opened.thing is None:
        return opened.value
    named: Value = opened.thing[2] if opened.thing[:2] == ("client", "file") else opened.thing
    named = named[2] if named is not None and named[0] == "var" else named
    return named if named is not None and named[0] in ("param", "attr", "item") else None


def _field_default(reader: Reader, node: ast.Call) -> Seen | None:
    see_arguments(reader, node)
    for keyword in node.keywords:
        if keyword.arg in ("default_factory", "factory"):
            if isinstance(keyword.value, ast.Lambda):
                return reader.see(keyword.value.body)
            made = reader.see(keyword.value)
            return Seen(thing=chained("call", made.thing or made.value, ()))
        if keyword.arg == "default":
            return reader.see(keyword.value)
    return reader.see(node.args[0]) if node.args else None


def _formatted(reader: Reader, node: ast.Call, layout: Value) -> Value:
    """Returns the value of `layout.format(...)` where the layout is written elsewhere."""
    see_arguments(reader, node)
    given = {str(position): value_of(reader, one) for position, one in enumerate(node.args)}
    given |= {keyword.arg: value_of(reader, keyword.value) for keyword in node.keywords if keyword.arg}
    return ("format", layout, tuple(sorted(given.items())))


def _separated(separator: Value, items: tuple[Value, ...]) -> Value:
    parts: list[Value] = []
    for position, item in enumerate(items[:MAX_PARTS]):
        parts += [separator, item] if position else [item]
    return ("cat", tuple(parts)) if parts else None
