"""Rules as people say them, and whether one makes sense on a field."""

from __future__ import annotations

import json
import re
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.operation import ConstrainField
from copilot.domain.rules import KEYWORDS, NUMERIC, PATTERN_LENGTH_MAX, PROPERTY, TEXTUAL, in_words, keeps
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.errors import WrongUsage

_NUMBER = r"(?P<a>-?\d+(?:\.\d+)?)"
_SECOND = r"(?P<b>-?\d+(?:\.\d+)?)"
_NUMBERS = ("int", "long", "float", "double")
_UNIT = r"\s+(?:characters?|chars?|letters?|digits?)"
_MOST = r"(?:at\s+most|no\s+more\s+than|up\s+to|max(?:imum)?|<=|≤)\s*"
_LEAST = r"(?:at\s+least|no\s+less\s+than|min(?:imum)?|>=|≥)\s*"
_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"(?:{_MOST})?{_NUMBER}{_UNIT}(?:\s+long)?", ("maxLength",)),
    (rf"exactly\s+{_NUMBER}{_UNIT}(?:\s+long)?", ("minLength=a", "maxLength=a")),
    (rf"{_LEAST}{_NUMBER}{_UNIT}(?:\s+long)?", ("minLength",)),
    (rf"(?:between\s+|from\s+)?{_NUMBER}\s*(?:and|to|\.\.|-)\s*{_SECOND}", ("minimum=a", "maximum=b")),
    (rf"{_LEAST}{_NUMBER}", ("minimum",)),
    (rf"{_MOST}{_NUMBER}", ("maximum",)),
    (rf"(?:>|more\s+than|greater\s+than|above|over)\s*{_NUMBER}", ("exclusiveMinimum",)),
    (rf"(?:<|less\s+than|below|under)\s*{_NUMBER}", ("exclusiveMaximum",)),
)
_WORDS = {
    "positive": {"exclusiveMinimum": 0},
    "non-negative": {"minimum": 0},
    "not negative": {"minimum": 0},
    "negative": {"exclusiveMaximum": 0},
    "not empty": {"minLength": 1},
    "non-empty": {"minLength": 1},
}
_LETTERS = re.compile(r"\b(letters?|digits?)\b", re.IGNORECASE)
_ONE_OF = re.compile(r"(?:one\s+of|in|among)\s+(?P<names>.+)", re.IGNORECASE)
_LIKE = re.compile(r"(?:match(?:ing|es)?|like)\s+(?P<pattern>.+)", re.IGNORECASE)


def rule_said(said: str, kind: Any, where: str) -> str:
    """Returns the JSON text of a rule for values of that type; raises WrongUsage for words that are none."""
    words = re.sub(r"^(?:to\s+)?(?:be\s+)?|^to\s+", "", " ".join(said.split()), flags=re.IGNORECASE)
    if words.lower() in _WORDS:
        return canonical(_WORDS[words.lower()])
    for form, keys in _FORMS:
        match = re.fullmatch(form, words, re.IGNORECASE)
        if match:
            return canonical({**_limits(keys, match.groupdict()), **_only(words)})
    if match := _LIKE.fullmatch(words):
        return canonical({"pattern": match["pattern"].strip("`'\"")})
    if match := _ONE_OF.fullmatch(words):
        names = re.split(r"\s*,\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+", match["names"])
        return canonical({"enum": [_listed(name.strip("`'\""), kind) for name in names if name]})
    raise WrongUsage(
        f'"{said[:80]}" is not a rule.',
        where=where,
        next='Say "to be >= 0", "to be between 0 and 1", "to at most 3 letters", "to match `[A-Z]{3}`" or "to be one of A, B".',
    )


def _listed(name: str, kind: Any) -> Any:
    """Returns one of the values that are allowed: a number where the field holds numbers."""
    is_number = fieldtype.base_kind(fieldtype.without_null(kind)) in _NUMBERS and re.fullmatch(_NUMBER, name)
    return json.loads(name) if is_number else name


def _limits(keys: tuple[str, ...], found: dict[str, str | None]) -> dict[str, Any]:
    pairs = (key.partition("=") for key in keys)
    return {key: json.loads(str(found[group or "a"])) for key, _, group in pairs}


def _only(words: str) -> dict[str, str]:
    """Three letters are no three digits: the kind of character is part of the rule."""
    match = _LETTERS.search(words)
    if not match:
        return {}
    return {"pattern": "[A-Za-z]*" if match[1].lower().startswith("letter") else "[0-9]*"}


def check_rule(operation: ConstrainField, field: SchemaField, latest: SchemaVersion, where: str) -> None:
    """Raises WrongUsage for a rule that does not fit the field's type, that its default breaks, or that it has already."""
    rule = _read(operation.rule, where)
    whole = fieldtype.without_null(fieldtype.parsed(field.type))
    kind = fieldtype.base_kind(whole)
    fitting = {"string": (*TEXTUAL, "enum"), "bytes": ("minLength", "maxLength")}
    allowed = (*NUMERIC, "enum") if kind in _NUMBERS else fitting.get(kind, ())
    for key in rule:
        if key not in allowed:
            raise WrongUsage(
                f'"{field.name}" is of type {field.type}, for which "{key}" means nothing.',
                where=where,
                next=f"Use {', '.join(allowed)}." if allowed else "Ask for a rule of a number or a text.",
            )
    for value in rule.get("enum", ()):
        if not fieldtype.fits(value, whole):
            raise WrongUsage(
                f'"{field.name}" is of type {field.type}, and never {json.dumps(value)[:80]}.',
                where=where,
                next="Name values of that type.",
            )
    default = ... if field.default is None else fieldtype.parsed(field.default)
    if default is not ... and not keeps(rule, default):
        raise WrongUsage(
            f'The default of "{field.name}", {field.default}, breaks the rule: {in_words(rule)}.',
            where=where,
            next="Change the default first, in a request of its own.",
        )
    written = fieldtype.field_of(fieldtype.parsed(latest.resolved), field.record, field.name) or {}
    if (written.get(PROPERTY) or {}) == rule:
        what = "has that rule already" if rule else "has no rule"
        raise WrongUsage(f'"{field.name}" {what}.', where=where)


def _read(text: str, where: str) -> dict[str, Any]:
    rule = json.loads(text)
    if not isinstance(rule, dict) or not set(rule) <= set(KEYWORDS):
        raise WrongUsage(
            "A rule is an object of JSON Schema.", where=where, next=f"Its keys are {', '.join(KEYWORDS)}."
        )
    for key, limit in rule.items():
        _check_limit(key, limit, where)
    low = max((rule[key] for key in ("minimum", "exclusiveMinimum", "minLength") if key in rule), default=None)
    high = min((rule[key] for key in ("maximum", "exclusiveMaximum", "maxLength") if key in rule), default=None)
    if low is not None and high is not None and low > high:
        raise WrongUsage(f"No value keeps that rule: {in_words(rule)}.", where=where, next="Swap the limits.")
    return rule


def _check_limit(key: str, limit: Any, where: str) -> None:
    is_number = isinstance(limit, int | float) and not isinstance(limit, bool)
    is_fine = is_number
    if key in ("minLength", "maxLength"):
        is_fine = is_number and isinstance(limit, int) and limit >= 0
    elif key == "enum":
        is_fine = isinstance(limit, list) and bool(limit)
    elif key == "pattern":
        is_fine = isinstance(limit, str) and len(limit) <= PATTERN_LENGTH_MAX and _compiles(limit)
    if not is_fine:
        raise WrongUsage(
            f'"{key}" can\'t be {json.dumps(limit)[:80]}.', where=where, next="Give it a limit that it can have."
        )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
