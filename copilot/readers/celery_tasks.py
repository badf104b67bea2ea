"""Which tasks of Celery does a file have, which does it send something to, and which settings tell their queues? Noted only.

What they mean together, `celery_queues` tells when all files were read.
"""

from __future__ import annotations

import ast

from copilot.readers.arguments import argument_at
from copilot.readers.reading import Reader
from copilot.readers.scope import FunctionNode, Seen
from copilot.readers.things import value_of
from copilot.readers.values import Value

LIBRARY = "celery"
TASK, SEND, SETTING = "task", "send", "setting"
"""The roles of what is noted here: a task, a message to one, and a setting of a program."""
SENDERS = frozenset({"delay", "apply_async", "send_task"})
TASK_NAMES = frozenset({"shared_task", "task", "periodic_task"})
SETTINGS = {
    **dict.fromkeys(("task_routes", "CELERY_TASK_ROUTES", "CELERY_ROUTES", "TASK_ROUTES"), "routes"),
    **dict.fromkeys(
        ("task_default_queue", "CELERY_TASK_DEFAULT_QUEUE", "CELERY_DEFAULT_QUEUE", "TASK_DEFAULT_QUEUE"), "default"
    ),
}


def note_task(reader: Reader, node: ast.expr, function: FunctionNode, name: str) -> bool:
    """Notes a function that a decorator makes a task, and tells whether it does."""
    call = node if isinstance(node, ast.Call) else None
    made = call.func if call is not None else node
    dotted = reader.scope.dotted(made)
    is_shared = dotted.startswith("celery.") and dotted.rpartition(".")[2] in TASK_NAMES
    app: Value = None
    if not is_shared:
        if not isinstance(made, ast.Attribute) or made.attr != "task":
            return False
        seen = reader.see(made.value)
        app = seen.thing or seen.value
        if app is None:
            return False
    given = {one.arg: one.value for one in call.keywords if one.arg} if call is not None else {}
    for one in given.values():
        reader.see(one)
    queue = value_of(reader, given["queue"]) if "queue" in given else None
    title = value_of(reader, given["name"]) if "name" in given else None
    reader.sheet.add_call(TASK, LIBRARY, function, name, topics=queue, writer=title, reader=app, endpoint="queue")
    return True


def note_send(reader: Reader, node: ast.Call, function: ast.Attribute) -> None:
    """Notes a call that sends a message to a task."""
    queue = argument_at(node, -1, ("queue", "routing_key"))
    known = value_of(reader, queue) if queue is not None else None
    if function.attr == "send_task":
        is_celery = "celery" in reader.scope.libraries or any(
            one.arg in ("args", "kwargs", "queue") for one in node.keywords
        )
        title = argument_at(node, 0, ("name",))
        if is_celery and title is not None:
            value = value_of(reader, title)
            reader.sheet.add_call(
                SEND, LIBRARY, node, reader.scope.qualified, topics=known, writer=value, endpoint="queue"
            )
        return
    seen = reader.see(function.value)
    task = seen.value if seen.value is not None and seen.value[0] == "name" else seen.thing
    if task is not None or (known is not None and function.attr == "apply_async"):
        reader.sheet.add_call(SEND, LIBRARY, node, reader.scope.qualified, topics=known, reader=task, endpoint="queue")


def note_settings(reader: Reader, node: ast.Call) -> None:
    """Notes the settings that a call gives to a program: `app.conf.update(task_routes=...)`, `Celery(task_routes=...)`."""
    given: list[tuple[str, Value]] = [
        (one.arg, value_of(reader, one.value)) for one in node.keywords if one.arg in SETTINGS
    ]
    first = reader.see(node.args[0]).thing if node.args else None
    given += [(name, value) for name, value in first[1] if name in SETTINGS] if first and first[0] == "map" else []
    for name, value in given:
        _add_setting(reader, node, name, value)


def note_assignment(reader: Reader, target: ast.Attribute, seen: Seen) -> None:
    """Notes a setting that is given to a program by itself: `app.conf.task_routes = {...}`."""
    if target.attr in SETTINGS and isinstance(target.value, ast.Attribute) and target.value.attr == "conf":
        _add_setting(reader, target, target.attr, seen.thing if seen.value is None else seen.value)


def _add_setting(reader: Reader, node: ast.AST, name: str, value: Value) -> None:
    if value is not None:
        reader.sheet.add_call(SETTING, LIBRARY, node, "", topics=value, receiver=SETTINGS[name])
