"""Which options does a program take? Those of argparse, click (`@click.option("--topic", envvar="TOPIC")`), typer, and Beam.

An option is a variable under its own name ("--topic"): deployments set it on the command line that starts the program.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from copilot.readers.reading import Reader
from copilot.readers.record_classes import class_named
from copilot.readers.scope import FunctionNode, Options, Scope, Seen, receiver_name
from copilot.readers.things import chained
from copilot.readers.values import Value

MAX_OPTIONS = 200
ARGV = ("name", "sys", "argv")
"""The words that a program was started with; a number behind them is that of the first, where that is another one."""
_NAMESPACES = frozenset(
    {"args", "options", "opts", "opt", "arguments", "flags", "FLAGS", "namespace", "cli_args", "parsed", "ns"}
)
_DOCUMENTED = re.compile(r"^\s*(?:-\w[ ,]+)?(--[\w-]+)[^\[\n]*\[default: ([^\]]*)\]", re.MULTILINE)
_DEFINES = ("DEFINE_string", "DEFINE_list", "DEFINE_enum", "DEFINE_multi_string")
_ADDS = ("add_argument", "add_value_provider_argument")


def declare_options(tree: ast.Module, scope: Scope) -> None:
    """Notes the options that a file's parsers declare, and the names of what they parse."""
    found = scope.options
    found |= _documented(tree)
    positions = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _parses(node.value, scope.namespaces):
            targets = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
            scope.namespaces |= {name for target in targets[:1] if (name := receiver_name(target))}
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(found) >= MAX_OPTIONS:
            continue
        names = tuple(one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
        if node.func.attr in _ADDS and names:
            is_positional = not names[0].startswith("-")
            positions += is_positional
            keys = (f"argv[{positions}]",) if is_positional else names
            dest = _constant(_keyword(node, "dest")) or next((one for one in names if one.startswith("--")), names[0])
            found[dest.lstrip("-").replace("-", "_")] = (keys, _keyword(node, "default"), node.lineno)
        elif node.func.attr in _DEFINES and names:
            default = _keyword(node, "default") or (node.args[1] if len(node.args) > 1 else None)
            found[names[0]] = ((f"--{names[0]}", f"-{names[0]}"), default, node.lineno)


def _documented(tree: ast.Module) -> Options:
    """Returns the options with a default that the text of the module tells docopt."""
    text = ast.get_docstring(tree, clean=False) or ""
    return {
        found[1]: ((found[1],), ast.Constant(found[2].strip()), 1)
        for found in list(_DOCUMENTED.finditer(text))[:MAX_OPTIONS]
    }


def _parses(node: ast.expr, namespaces: set[str]) -> bool:
    """Tells whether an expression gives what was parsed, as an object or, through `vars`, as a dict."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "vars" and node.args:
        inner = node.args[0]
        return _parses(inner, namespaces) or (isinstance(inner, ast.Name) and inner.id in namespaces)
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("parse_args", "parse_known_args")


def see_options_class(reader: Reader, node: ast.ClassDef) -> None:
    """Lets the options that a class of Beam's adds to its parser be attributes of its objects."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "_add_argparse_args":
            own = Scope(reader.sheet)
            declare_options(ast.Module([part], []), own)
            for name, (names, default, line) in own.options.items():
                given = reader.see(default).value if default is not None else None
                reader.scope.attributes[node.name, name] = Seen(_variable(names, given, line))


def see_view(reader: Reader, node: ast.Call) -> Seen | None:
    """Returns the object of a class of options that `options.view_as(Options)` gives, None where the call is another."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "view_as" or len(node.args) != 1:
        return None
    reader.see(node.func.value)
    kind = class_named(reader, node.args[0])
    return Seen(thing=chained("call", kind, ())) if kind is not None else None


def option_of(reader: Reader, holder: ast.expr, name: str) -> Value:
    """Returns the option that an attribute or item of a program's arguments is, None where it is something else."""
    if name.startswith("--"):
        names, default, line = reader.scope.options.get(name, ((name,), None, 0))
        text = _constant(default)
        return _variable(names, ("s", text, line) if text else None, holder.lineno)
    declared = reader.scope.options.get(name)
    holding = holder.attr if isinstance(holder, ast.Attribute) else holder.id if isinstance(holder, ast.Name) else ""
    if declared is None or (holding not in _NAMESPACES and holding not in reader.scope.namespaces):
        return None
    if isinstance(holder, ast.Name) and holding not in _NAMESPACES and _is_parameter(reader.scope.named(holding).thing):
        return None  # what another function hands over may be something else
    names, default, line = declared
    reader.sheet.is_quiet, before = True, reader.sheet.is_quiet
    value = reader.see(default).value if default is not None else None
    reader.sheet.is_quiet = before
    return _variable(names, value, line)


def argument_at_start(words: tuple[Any, ...], key: ast.expr, line: int) -> Value:
    """Returns the word of a program's start that an item of `sys.argv` is ("argv[1]"), or a part of these words."""
    first = words[3] if len(words) > 3 else 0
    if isinstance(key, ast.Slice):
        start = 0 if key.lower is None else _number(key.lower)
        return None if start is None else ("name", "sys", "argv", first + start)
    number = _number(key)
    # The first word is the program itself.
    return ("env", f"argv[{first + number}]", None, line) if number is not None and first + number > 0 else None


def _number(node: ast.expr) -> int | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None


def parameter_options(reader: Reader, node: FunctionNode) -> dict[str, Value]:
    """Returns the values of parameters that the command line gives: click's decorators, typer's defaults and annotations."""
    found: dict[str, Value] = {}
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and reader.scope.dotted(decorator.func) == "hydra.main" and node.args.args:
            found[node.args.args[0].arg] = _composed(decorator)
        if isinstance(decorator, ast.Call) and _is_option(reader, decorator, "click"):
            names = tuple(
                one.value for one in decorator.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
            own = next((one for one in names if one.isidentifier() and not one.startswith("-")), "")
            longest = max((one for one in names if one.startswith("-")), key=len, default=own)
            parameter = own or longest.lstrip("-").replace("-", "_")
            flags = tuple(one.partition("/")[0] for one in names if one.startswith("-")) or ("argv[1]",)
            found[parameter] = _given(reader, decorator, flags, _keyword(decorator, "default"))
    arguments = [*node.args.posonlyargs, *node.args.args]
    defaults = dict(zip(reversed([one.arg for one in arguments]), reversed(node.args.defaults), strict=False))
    for argument in arguments:
        default = defaults.get(argument.arg)
        call = default if isinstance(default, ast.Call) else _annotated(argument.annotation)
        if call is not None and _is_option(reader, call, "typer"):
            flags = tuple(text for text in map(_constant, call.args) if _is_flag(text))
            plain = call.args[0] if call is default and call.args and not _is_flag(_constant(call.args[0])) else None
            names = flags or (f"--{argument.arg.replace('_', '-')}",)
            found[argument.arg] = _given(reader, call, names, plain if call is default else default)
    return found


def _composed(decorator: ast.Call) -> Value:
    """Returns the configuration that `@hydra.main(config_path=..., config_name=...)` loads."""
    folder, name = _constant(_keyword(decorator, "config_path")), _constant(_keyword(decorator, "config_name"))
    path = "/".join(part for part in (folder, name.removesuffix(".yaml") + ".yaml") if part)
    return ("load", "yaml", ("s", path, decorator.lineno)) if name else None


def _given(reader: Reader, call: ast.Call, names: tuple[str, ...], default: ast.expr | None) -> Value:
    value = reader.see(default).value if default is not None else None
    variables = _keyword(call, "envvar")
    listed = variables.elts if isinstance(variables, ast.List | ast.Tuple) else [variables] if variables else []
    for one in reversed(listed):
        if _constant(one):
            value = ("env", _constant(one), value, call.lineno)
    return _variable(names, value, call.lineno)


def _is_parameter(thing: Value) -> bool:
    return thing is not None and thing[0] == "param"


def _variable(names: tuple[str, ...], default: Value, line: int) -> Value:
    """Returns the value of an option with several names, the longest being the one that is told."""
    value = default
    for name in sorted(names, key=len):
        value = ("env", name, value, line)
    return value


def _annotated(annotation: ast.expr | None) -> ast.Call | None:
    """Returns the call in `Annotated[str, typer.Option(...)]`."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        return next((one for one in annotation.slice.elts if isinstance(one, ast.Call)), None)
    return None


def _is_option(reader: Reader, call: ast.Call, library: str) -> bool:
    dotted = reader.scope.dotted(call.func)
    return dotted.startswith(library) and dotted.rpartition(".")[2].lower() in ("option", "argument")


def _is_flag(text: object) -> bool:
    return isinstance(text, str) and text.startswith("-")


def _constant(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
