"""One sentence that asks for several changes, taken apart: "add a, b and c to Order", "rename a to b and c to d".

`impact` takes it so at once; a proposal only offers it, since a list of names may be meant as something else.
"""

from __future__ import annotations

import re

from copilot.planners.plainly import FIELD
from copilot.planners.sentences import Part

NAMES_MAX = 32
_MANY = re.compile(
    r"\b(?:fields|columns|properties|attributes|(?P<one>value|symbol|member|constant)s)\b", re.IGNORECASE
)
_NAME = r"(?<![\w.])(?!and\b)(?:\ue000\d+\ue001|[A-Za-z_$][\w.$-]*)(?:\s*\([^()]*\))?"
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)"
_LIST = rf"(?P<list>{_NAME}(?:{_AND}{_NAME})+)"
_KINDS = (
    r"(?:the|new|optional|nullable|required|old|unused|following|enum|symbols?|values?|members?|constants?|two|three)"
)
_WORDS = rf"(?:{_KINDS}\s+)*(?:{FIELD}\s+)?(?:called\s+|named\s+)?"
_STATE = r"(?:optional|nullable|required|mandatory|deprecated|as)"
_LISTS = tuple(
    re.compile(rf"^(?P<head>{head}{_WORDS}){_LIST}(?P<tail>\s+{tail})$", re.IGNORECASE)
    for head, tail in (
        (r"(?:\w+\s+){1,2}?", r"(?:to|into|from|in|of|on|for)\s.+"),
        (r"(?:make|mark)\s+", rf"{_STATE}\b.*"),
    )
)
_PAIR = rf"{_NAME}\s+(?:to|as|into|->)\s+{_NAME}"
_RENAMES = re.compile(
    rf"^(?P<head>rename\s+{_WORDS})(?P<list>{_PAIR}(?:{_AND}{_PAIR})+)(?P<tail>(?:\s+(?:in|of|on)\s.+)?)$",
    re.IGNORECASE,
)
_MOVE = re.compile(
    rf"^move\s+(?:the\s+)?(?:{FIELD}\s+)?(?P<field>{_NAME})\s+from\s+(?P<old>.+?)\s+(?:in)?to\s+(?P<new>.+)$",
    re.IGNORECASE,
)
_DECLARED = (
    re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*:\s*\S.*$"),
    re.compile(r"^[\w.<>,\[\]\s]+?\s+(?P<name>[A-Za-z_]\w*)\s*=\s*\d+\s*;?$"),
    re.compile(r"^(?P<name>[A-Za-z_]\w*)\s*=\s*\d+\s*;?$"),
)  # fmt: skip
_VERBS = re.compile(
    r"^(?:add|remove|drop|delete|rename|make|mark|introduce|include|deprecate|create|append|added|removed|renamed)\b",
    re.IGNORECASE,
)


def each_of(part: Part) -> tuple[Part, ...]:
    """Returns the sentence as one for each name of a list in it; itself where it has none."""
    part = Part(part.text, tuple(map(_name_declared, part.raw)))
    move = _MOVE.match(part.text)
    if move:
        taken, given = f"remove {move['field']} from {move['old']}", f"add {move['field']} to {move['new']}"
        return Part(taken, part.raw), Part(given, part.raw)
    for pattern, item in ((_RENAMES, _PAIR), *((it, _NAME) for it in _LISTS)):
        match = pattern.match(part.text)
        if match and _VERBS.match(part.text):
            names = re.findall(item, match["list"])[:NAMES_MAX]
            head = _MANY.sub(lambda many: many["one"] or "field", match["head"])
            return tuple(Part(f"{head}{name}{match['tail']}", part.raw) for name in names)
    return (part,)


def _name_declared(raw: str) -> str:
    """Returns the name of a quoted declaration as it stands in a schema: `int64 discount = 7;`, `discount: int = 0`."""
    inner = raw[1:-1].strip() if raw[:1] in "`'\"" else ""
    found = next((match for it in _DECLARED if (match := it.match(inner))), None)
    return f"`{found['name']}`" if found else raw
