"""What text does `"...".format(...)` or `"..." % ...` give? The template with its places filled by values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.readers.values import Value

_BRACES = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_PERCENT = re.compile(r"%(?:\((\w+)\))?[sdr]")


def formatted(text: str, positional: Sequence[Value], named: Mapping[str, Value]) -> Value:
    """Returns what `text.format(*positional, **named)` gives."""
    return _filled(_BRACES, text, positional, named)


def interpolated(text: str, positional: Sequence[Value], named: Mapping[str, Value]) -> Value:
    """Returns what `text % positional`, or `text % named`, gives."""
    return _filled(_PERCENT, text, positional, named)


def _filled(places: re.Pattern[str], text: str, positional: Sequence[Value], named: Mapping[str, Value]) -> Value:
    parts: list[Value] = []
    at = count = 0
    for place in places.finditer(text):
        if place.start() > at:
            parts.append(("s", text[at : place.start()]))
        name = place[1] or ""
        index = int(name) if name.isdigit() else count
        count += not name
        value = (
            named.get(name) if name and not name.isdigit() else positional[index] if index < len(positional) else None
        )
        parts.append(value if value is not None else ("var", name, None))
        at = place.end()
    if at < len(text):
        parts.append(("s", text[at:]))
    return ("s", text) if at == 0 else ("cat", tuple(parts))
