"""Does a condition of a template hold under a set of values? `if .Values.worker.enabled`, `not`, `and`, `or`, `eq`, `ne`.

A condition is a tuple: ("is", value) for what is true unless it is empty, ("not", condition), ("and", conditions),
("or", conditions), ("eq", value, value). What hangs on anything else than the chart's values is neither true nor false.
"""

from __future__ import annotations

from typing import Any

from copilot.readers.deployment_facts import Setting, Unit, is_secret
from copilot.readers.deployment_scopes import Scope, for_item
from copilot.readers.values import Value

MAX_DEPTH = 12
Condition = tuple[Any, ...]
_FALSE = frozenset({"", "false", "no", "off", "0", "null", "~", "[]", "{}"})
_VALUES = ".Values."


def standing(unit: Unit, scope: Scope, item: str = "") -> Unit | None:
    """Returns a unit without the settings whose condition doesn't hold, None where the whole unit is not there."""
    fallen = [(first, last) for first, last, condition in unit.conditions if holds(condition, scope, item) is False]
    if any(first <= unit.line <= last for first, last in fallen):
        return None

    def stands(setting: Setting) -> bool:
        return not any(first <= setting[2] <= last for first, last in fallen)

    return unit._replace(settings=tuple(filter(stands, unit.settings))) if fallen else unit


def holds(condition: Condition, scope: Scope, item: str = "", depth: int = 0) -> bool | None:
    """Tells whether a condition holds, None where that can't be told."""
    if depth > MAX_DEPTH:
        return None
    match condition:
        case ("not", inner):
            found = holds(inner, scope, item, depth + 1)
            return None if found is None else not found
        case ("and", parts):
            each = [holds(part, scope, item, depth + 1) for part in parts]
            return False if False in each else None if None in each else True
        case ("or", parts):
            each = [holds(part, scope, item, depth + 1) for part in parts]
            return True if True in each else None if None in each else False
        case ("eq", left, right):
            texts = _text(left, scope, item), _text(right, scope, item)
            return None if None in texts else texts[0] == texts[1]
        case ("is", value):
            return _is_true(value, scope, item)
    return None


def _is_true(value: Value, scope: Scope, item: str) -> bool | None:
    text = _text(value, scope, item)
    if text is not None:
        return text.lower() not in _FALSE
    value = for_item(value, item)
    name = str(value[1]) if value is not None and value[0] == "env" else ""
    return True if name.startswith(_VALUES) and scope.items(name) else None


def _text(value: Value, scope: Scope, item: str) -> str | None:
    """Returns the text of a value, "" where a chart's values have none under that name, None where that can't be told."""
    value = for_item(value, item) if item else value
    if value is None:
        return None
    if value[0] == "s":
        return str(value[1])
    if value[0] != "env":
        return None
    name = str(value[1])
    if name in scope.texts:
        return scope.texts[name]
    if value[2] is not None:
        return _text(value[2], scope, item)
    # A secret's value was not kept, and a name that has items is no text.
    is_told = name.startswith(_VALUES) and not any(map(is_secret, name.split("."))) and not scope.items(name)
    return "" if is_told and "*" not in name and scope.texts else None
