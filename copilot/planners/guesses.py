"""What may a sentence that fits no form be about? Told from its verb and from the words in it that can only be names.

Only for `impact`, which writes nothing: an answer about the names that somebody wrote helps more than none, as long as it says
what it took them for. A guess needs a name; without one the sentence is not understood.
"""

from __future__ import annotations

import re

from copilot.domain.impacted import AskedChange
from copilot.planners.plainly import FIELD, KIND, bare_scope
from copilot.planners.sentences import Part

_VERBS = (
    ("rename_field", r"renam\w*|(?:new|other|better)\s+name"),
    ("remove_field", r"remov\w*|drop\w*|delet\w*|retir\w*|no\s+longer|get\s+rid|unused|clean\w*|stop\w*"),
    ("make_optional", r"optional\w*|nullable|allow\w*\s+nulls?"),
    ("make_required", r"required|mandatory|non-?null\w*"),
    ("change_default", r"defaults?"),
    ("add_field", r"add\w*|new|introduc\w*|includ\w*|support\w*|expos\w*|creat\w*|extend\w*|track\w*|stor\w*"),
    ("change_type", r"types?|chang\w*|convert\w*|instead|fix\w*"),
)  # fmt: skip
_QUOTED = "\ue000\\d+\ue001"
_NAME = rf"(?:{_QUOTED}|[A-Za-z_$][\w$]*(?:[./-][\w$]+)*)"
_TELLING = re.compile(rf"^(?:{_QUOTED}|.*[_/$].*|.*[a-z0-9][A-Z].*|[A-Z]{{3,}}\d*|\w+\.[\w.]+|[a-z]+\d+\w*)$")
_BESIDE_KIND = re.compile(rf"({_NAME})\s+{KIND}\b|\b{KIND}\s+({_NAME})", re.IGNORECASE)
_BESIDE_FIELD = re.compile(rf"({_NAME})\s+{FIELD}\b|\b{FIELD}\s+({_NAME})", re.IGNORECASE)
_BEHIND = re.compile(rf"\s(?:to|in|into|of|on|from|for|within|inside)\s+(?:the\s+|an?\s+)?({_NAME})", re.IGNORECASE)
_TO = re.compile(rf"\s(?:to|as|into|->|=>)\s+({_NAME})")
_IDLE = re.compile(
    "an?|the|to|in(?:to)?|of|on|from|for|and|or|with|by|as|is|are|be|its?|this|that|new|old|all|any|some|more|less|when|where|which|who"
    "|what|not?|support|better|everything|things|values?|optional|required|default|please|now|also|only|so|if|then|add|remove|rename"
    "|change|update|make|fix|use",
    re.IGNORECASE,
)


def guessed(part: Part) -> AskedChange | None:
    """Returns what the sentence may ask for, None where it has no name that could be looked for."""
    text = f" {part.text} "
    names = [match for match in re.findall(_NAME, part.text) if _may_be_name(match)]
    telling = [name for name in names if _TELLING.match(name)]
    scope = next((name for name in telling if "/" in part.name(name)), "") or _beside(_BESIDE_KIND, text, names)
    scope = scope or next((name for name in reversed(_BEHIND.findall(text)) if name in names), "")
    others = [name for name in telling if name != scope]
    field = _beside(_BESIDE_FIELD, text, [name for name in names if name != scope]) or next(iter(others), "")
    op = next((op for op, words in _VERBS if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)), "change_type")
    if not (scope or field) or not telling:
        return None
    to = next((name for name in _TO.findall(text) if name not in (scope, field)), "") if op == "rename_field" else ""
    subject, record = bare_scope(part.name(scope))
    name = part.name(field)
    if not subject and "." in name:
        subject, _, name = name.rpartition(".")
    return AskedChange(op, subject, record, name, part.name(to))


def _may_be_name(word: str) -> bool:
    return not (_IDLE.fullmatch(word) or re.fullmatch(rf"{KIND}|{FIELD}", word, re.IGNORECASE))


def _beside(pattern: re.Pattern[str], text: str, names: list[str]) -> str:
    """Returns the first of the names that stands before or behind a word of the pattern."""
    found = (one or two for one, two in pattern.findall(text))
    return next((name for name in found if name in names), "")
