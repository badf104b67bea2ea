"""Rules about a field's values, in the words of JSON Schema: what they say, whether a value keeps them, and as a Python condition.

A rule is an object such as `{"minimum": 0}`; its JSON text stands in operations, and in the property "constraints" of the field.
null always keeps a rule: whether a field may be null is its type's to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PROPERTY = "constraints"
MODE = 'MODE = "'
"""Stands in every module of a rule."""
ENFORCED = 'MODE = "enforce"'
"""Stands in the module of a rule that refuses what breaks it."""
Rule = Mapping[str, Any]
PATTERN_LENGTH_MAX = 200

_WORDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "of the form {}",
    "enum": "one of {}",
}
_CONDITIONS = {
    "minimum": "{value} >= {limit}",
    "exclusiveMinimum": "{value} > {limit}",
    "maximum": "{value} <= {limit}",
    "exclusiveMaximum": "{value} < {limit}",
    "minLength": "len({value}) >= {limit}",
    "maxLength": "len({value}) <= {limit}",
    "pattern": "re.fullmatch({limit}, {value}) is not None",
    "enum": "{value} in {limit}",
}
_UPPER = ("maximum", "exclusiveMaximum", "maxLength")
_LOWER = ("minimum", "exclusiveMinimum", "minLength")
KEYWORDS = tuple(_WORDS)
NUMERIC = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
TEXTUAL = ("minLength", "maxLength", "pattern")


def in_words(rule: Rule) -> str:
    """Returns a rule as a person says it: "at least 0 and at most 100"."""
    told = (_WORDS[key].format(_shown(key, rule[key])) for key in KEYWORDS if key in rule)
    return " and ".join(told) or "anything that its type allows"


def condition(rule: Rule, value: str) -> str:
    """Returns the Python expression that is true where the value of that name keeps the rule."""
    parts = [_CONDITIONS[key].format(value=value, limit=_literal(key, rule[key])) for key in KEYWORDS if key in rule]
    return " and ".join(parts)


def keeps(rule: Rule, value: Any) -> bool:
    """Tells whether a value keeps the rule; one of another kind than the rule is about does not."""
    return value is None or all(_keeps(key, rule[key], value) for key in rule)


def is_looser(new: Rule, old: Rule) -> bool:
    """Tells whether every value that keeps the old rule keeps the new one, as far as their limits show."""
    return all(key in old and _is_within(key, old[key], limit) for key, limit in new.items())


def _is_within(key: str, old: Any, new: Any) -> bool:
    """Tells whether the new limit takes all that the old one takes; the old one is what a repository says, so of any kind."""
    if key in (*_UPPER, *_LOWER):
        return isinstance(old, int | float) and bool(old <= new if key in _UPPER else old >= new)
    return isinstance(old, list) and all(it in new for it in old) if key == "enum" else bool(old == new)


def _keeps(key: str, limit: Any, value: Any) -> bool:
    if key == "enum":
        return value in limit
    if key in NUMERIC:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        at_least, at_most = key in _LOWER, key in _UPPER
        is_equal = value == limit and not key.startswith("exclusive")
        return is_equal or bool((at_least and value > limit) or (at_most and value < limit))
    if not isinstance(value, str | bytes):
        return False
    if key == "pattern":
        return isinstance(value, str) and re.fullmatch(limit, value) is not None
    return bool(len(value) >= limit if key == "minLength" else len(value) <= limit)


def _shown(key: str, limit: Any) -> str:
    return ", ".join(str(it) for it in limit) if key == "enum" else str(limit)


def _literal(key: str, limit: Any) -> str:
    return repr(tuple(limit)) if key == "enum" else repr(limit)
