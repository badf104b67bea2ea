"""Where do texts come from that code puts together at run time: the environment, and paths joined from parts?"""

from __future__ import annotations

import ast
import posixpath
import re

from copilot.readers.reading import Reader
from copilot.readers.scope import Seen, receiver_name
from copilot.readers.things import value_of
from copilot.readers.values import Value

FLASK_CONFIG = "flask.current_app.config"
"""Stands for the module that a Flask application takes its configuration from."""
ENVIRON: Value = ("name", "os", "environ")
CLOWDER_TOPICS = ("name", "app_common_python", "KafkaTopics")
"""What an operator tells of topics, by the names under which its resource asks for them."""
_PATH_CLASSES = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"})
_OF_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "os.environ"})
_LOADED_ENVIRONMENT = frozenset({"dotenv.dotenv_values", "os.environ.copy"})
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_ANY_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_READS_SETTINGS = re.compile(r"env|config|settings", re.IGNORECASE)
_RESOURCES = frozenset(
    f"importlib.resources.{name}" for name in ("read_text", "read_binary", "open_text", "open_binary", "path")
)
_ENVIRONMENTS = frozenset({"env", "environ", "environment"})
_NAMING = frozenset({"param", "cat", "name", "attr", "item", "as", "any", "list"})
_SEVERAL = frozenset({"list", "tuple", "get_list"})
AIRFLOW_PREFIX = "AIRFLOW_VAR_"


def see_environment(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    """Reads `os.getenv(NAME, default)`, `env("NAME")`, `config("NAME", default=...)` and what looks like them."""
    if dotted in _LOADED_ENVIRONMENT:
        return Seen(ENVIRON)
    if dotted == f"{CLOWDER_TOPICS[1]}.{CLOWDER_TOPICS[2]}.get" and node.args:
        return Seen(reader.see(node.args[0]).value)
    if (
        node.args
        and not isinstance(node.args[0], ast.Constant)
        and (dotted in _OF_ENVIRONMENT or _is_handed(node.func))
    ):
        return _named_elsewhere(reader, node)
    if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
        return None
    name = node.args[0].value
    if dotted.endswith("Variable.get") and "airflow" in dotted:
        return Seen(("env", AIRFLOW_PREFIX + name.upper(), _default(reader, node), node.lineno))
    if dotted in _OF_ENVIRONMENT:
        return Seen(("env", name, _default(reader, node), node.lineno)) if _ANY_NAME.match(name) else None
    function = dotted or _called_name(node.func)
    if not _ENVIRONMENT_NAME.match(name) or not _READS_SETTINGS.search(function):
        return None
    value: Value = ("env", name, _default(reader, node), node.lineno)
    return Seen(("split", value, ",") if _gives_several(node) else value)


def _is_handed(function: ast.expr) -> bool:
    """Tells whether a method is `get` of an environment that the function around is handed: `env.get(name, default)`."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "get"
        and receiver_name(function.value) in _ENVIRONMENTS
    )


def _named_elsewhere(reader: Reader, node: ast.Call) -> Seen | None:
    """Reads `os.getenv(name, default)` in a helper: the name, and often the default, is an argument of the function around."""
    seen = reader.see(node.args[0])
    name = variable_named(seen, _default(reader, node), node.lineno)
    return Seen(name) if name is not None else None


def variable_named(name: Seen, default: Value, line: int) -> Value:
    """Returns the variable whose name is what was seen, None where nothing can tell it."""
    known = name.value if name.value is not None else name.thing
    return ("variable", known, default, line) if known is not None and known[0] in _NAMING else None


def environment_item(base: Value, name: str, line: int) -> Value:
    """Returns the variable that an item of `os.environ` is, the name of a topic of an operator, None for other items."""
    if base == CLOWDER_TOPICS:
        return ("s", name, line)
    return ("env", name, None, line) if base == ENVIRON else None


def _called_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return receiver_name(function.value)
    return function.id if isinstance(function, ast.Name) else ""


def _gives_several(node: ast.Call) -> bool:
    """Tells whether a function that reads a variable takes it apart at commas."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in _SEVERAL:
        return True
    cast = _keyword(node, "cast")
    return cast is not None and receiver_name(cast) in ("Csv", "CommaSeparatedStrings")


def _default(reader: Reader, node: ast.Call) -> Value:
    default = node.args[1] if len(node.args) > 1 else _keyword(node, "default") or _keyword(node, "default_var")
    if default is None:
        return None
    seen = reader.see(default)
    is_handed = seen.value is None and seen.thing is not None and seen.thing[0] == "param"
    return seen.thing if is_handed else seen.value


def see_path_call(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    if dotted in _PATH_CLASSES or dotted == "os.path.join":
        if len(node.args) == 1:
            return reader.see(node.args[0])._replace(origin=None)
        return Seen(("path", tuple(value_of(reader, argument) for argument in node.args)))
    if dotted == "os.path.dirname" and node.args:
        return Seen(path_attribute(reader.see(node.args[0]).value, "parent"))
    if (
        dotted in ("pkg_resources.resource_filename", "pkg_resources.resource_string", "pkgutil.get_data")
        and len(node.args) > 1
    ):
        return Seen(reader.see(node.args[1]).value)
    if dotted in _RESOURCES and len(node.args) > 1:
        return Seen(("path", (_folder_of(reader.see(node.args[0]).value), reader.see(node.args[1]).value)))
    if dotted in ("importlib.resources.files", "os.getcwd", "pathlib.Path.cwd"):
        return Seen(("s", ""))
    return None


def _folder_of(package: Value) -> Value:
    """Returns the folder of a package whose name is written down; that of any other is looked for like a bare file name."""
    return ("s", str(package[1]).replace(".", "/")) if package is not None and package[0] == "s" else ("s", "")


def path_attribute(value: Value, name: str) -> Value:
    """Returns the value of an attribute of a path."""
    if name == "name" and value is not None and value[0] == "s":
        return ("s", posixpath.basename(value[1]), *value[2:])
    if value is None or name not in ("parent", "parents"):
        return None
    if name == "parents":
        return ("parents", value)
    if name == "parent" and value[0] == "file":
        return ("file", value[1] + 1)
    return ("path", (value, ("s", ".."))) if name == "parent" else None


def path_item(value: Value, key: ast.expr) -> Value:
    """Returns the value of an item of a value: a parent of a path, or an item of a list."""
    if value is None or not isinstance(key, ast.Constant) or not isinstance(key.value, int):
        return None
    if value[0] == "parents" and value[1][0] == "file":
        return ("file", value[1][1] + key.value + 1)
    if value[0] == "list" and -len(value[1]) <= key.value < len(value[1]):
        item: Value = value[1][key.value]
        return item
    return value if value[0] == "split" else None


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
