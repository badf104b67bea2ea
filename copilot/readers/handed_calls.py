"""Which calls does a file leave to others to make? A thread, a pool, an event loop or a scheduler that is handed a function.

`Thread(target=publish, args=("orders",))` is read as `publish("orders")`: it starts what a plain call would, with these arguments.
"""

from __future__ import annotations

import ast

from copilot.readers.reading import Reader

_BY_KEYWORD = {"Thread": "target", "Process": "target", "Timer": "function", "add_job": "func"}
_FIRST = frozenset(
    {
        "to_thread",
        "partial",
        "submit",
        "spawn",
        "start_soon",
        "run_sync",
        "call_soon",
        "call_soon_threadsafe",
        "add_task",
        "do",
        "add_job",
        "apply",
        "apply_async",
    }
)
_SECOND = frozenset({"run_in_executor", "call_later", "call_at", "spawn_later", "Timer"})
_LISTING = frozenset({"Thread", "Process", "Timer", "add_job", "apply", "apply_async"})
"""These take the arguments as a list and a dict, the others one by one."""
HANDED_TO = frozenset({*_BY_KEYWORD, *_FIRST, *_SECOND})


def see_handed_call(reader: Reader, node: ast.Call, name: str) -> None:
    """Reads the call that something called `name` is handed, where it is handed a function by its name."""
    position = 1 if name in _SECOND else 0
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    function = keywords.get(_BY_KEYWORD.get(name, ""))
    if function is None and len(node.args) > position and name not in ("Thread", "Process"):
        function = node.args[position]
    if not isinstance(function, ast.Name | ast.Attribute):
        return
    if name in _LISTING:
        listed = keywords.get("args", _at(node.args, position + 1))
        named = keywords.get("kwargs", _at(node.args, position + 2))
        arguments = list(listed.elts) if isinstance(listed, ast.List | ast.Tuple) else []
        given = _keywords(named) if isinstance(named, ast.Dict) else []
    else:
        arguments, given = node.args[position + 1 :], node.keywords
    call = ast.copy_location(ast.Call(function, arguments, given), node)
    reader.sheet.made_calls.append(call)
    reader.see(call)


def _at(nodes: list[ast.expr], position: int) -> ast.expr | None:
    return nodes[position] if position < len(nodes) else None


def _keywords(node: ast.Dict) -> list[ast.keyword]:
    """Returns the entries of a dict literal as the keywords that `**` makes of them."""
    pairs = zip(node.keys, node.values, strict=True)
    return [
        ast.copy_location(ast.keyword(key.value, value), value)
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]
