"""The module that holds a field's rule in a producer: it counts and logs what breaks the rule, or refuses it."""

from __future__ import annotations

from typing import Literal

from copilot.domain.mapping import literal
from copilot.domain.rules import Rule, condition, in_words
from copilot.strategies.guarded import in_docstring

Mode = Literal["audit", "warn", "enforce"]

_TEXT = '''"""The rule of {name}: {words}.

MODE says what becomes of a value that breaks it: "audit" counts it and lets it pass, "warn" does so with a warning, "enforce"
raises RuleBroken, for whoever writes the record to send its input to quarantine. The value itself is never logged.
"""

import logging
{imports}
MODE = "{mode}"
log = logging.getLogger({logger})
broken_count = 0


class RuleBroken(ValueError):
    pass


def {function}(value):
    global broken_count
    if value is None or ({condition}):
        return value
    broken_count += 1
    if MODE == "enforce":
        raise RuleBroken({message!r})
    log.log(logging.WARNING if MODE == "warn" else logging.INFO, "%s (%d so far)", {message!r}, broken_count)
    return value
'''


def rule_guard(subject: str, field: str, function: str, rule: Rule, mode: Mode) -> str:
    """Returns the module's text, which needs nothing but the standard library."""
    told, name = in_words(rule), f"{subject.replace('/', '.')}.{field}"
    return _TEXT.format(
        name=in_docstring(name),
        logger=literal(f"rules.{name}"),
        words=in_docstring(told),
        imports="import re\n" if "pattern" in rule else "",
        mode=mode,
        function=function,
        condition=condition(rule, "value"),
        message=f"{field} is not {told}",
    )
