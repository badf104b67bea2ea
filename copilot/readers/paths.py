"""Where do texts come from that code puts together at run time: the environment, and paths joined from parts?"""

from __future__ import annotations

import ast
import re

from copilot.readers.reading import Reader
from copilot.readers.scope import Seen, receiver_name
from copilot.readers.values import Value

_PATH_CLASSES = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"})
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*\Z")


def see_environment(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    """Reads `os.getenv(NAME, default)` and what looks like it."""
    if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
        return None
    name = node.args[0].value
    if not _ENVIRONMENT_NAME.match(name):
        return None
    function = dotted or (receiver_name(node.func.value) if isinstance(node.func, ast.Attribute) else "")
    if not (function.startswith("os.") or re.search(r"env|config|settings", function, re.IGNORECASE)):
        return None
    default = node.args[1] if len(node.args) > 1 else _keyword(node, "default")
    if isinstance(default, ast.Constant):
        return Seen(("env", name, ("s", default.value) if isinstance(default.value, str) else None))
    return Seen(("env", name, reader.see(default).value if default is not None else None))


def see_path_call(reader: Reader, node: ast.Call, dotted: str) -> Seen | None:
    if dotted in _PATH_CLASSES or dotted == "os.path.join":
        parts = [reader.see(argument).value for argument in node.args]
        return Seen(parts[0] if len(parts) == 1 else ("path", tuple(parts)))
    if dotted == "os.path.dirname" and node.args:
        return Seen(path_attribute(reader.see(node.args[0]).value, "parent"))
    if (
        dotted in ("pkg_resources.resource_filename", "pkg_resources.resource_string", "pkgutil.get_data")
        and len(node.args) > 1
    ):
        return Seen(reader.see(node.args[1]).value)
    if dotted in ("importlib.resources.files", "os.getcwd", "pathlib.Path.cwd"):
        return Seen(("s", ""))
    return None


def path_attribute(value: Value, name: str) -> Value:
    """Returns the value of an attribute of a path."""
    if value is None or name not in ("parent", "parents", "name"):
        return value if name == "parents" else None
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
