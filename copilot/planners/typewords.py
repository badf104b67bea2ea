"""From words to a type: "array of string", "decimal(10,2)", "enum A, B and C", "timestamp-millis", or a type as JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from copilot.domain import fieldtype

_SAME = {
    "bool": "boolean",
    "str": "string",
    "text": "string",
    "integer": "int",
    "int32": "int",
    "int64": "long",
    "bigint": "long",
    "float32": "float",
    "float64": "double",
    "binary": "bytes",
}
_LOGICAL = {
    "date": "int",
    "time-millis": "int",
    "time-micros": "long",
    "timestamp-millis": "long",
    "timestamp-micros": "long",
    "timestamp-nanos": "long",
    "local-timestamp-millis": "long",
    "local-timestamp-micros": "long",
    "uuid": "string",
}
_ARTICLE = re.compile(r"^(?:an?|the)\s+(?:new\s+)?", re.IGNORECASE)
_LIST = re.compile(r"^(?:an?\s+)?(?:array|list|sequence)\s+of\s+(?P<inner>.+)$", re.IGNORECASE)
_MAP = re.compile(r"^(?:an?\s+)?(?:map|dict|dictionary|mapping)\s+of\s+(?P<inner>.+)$", re.IGNORECASE)
_ANGLE = re.compile(r"^(?P<outer>array|list|map)\s*<\s*(?P<inner>.+?)\s*>$", re.IGNORECASE)
_DECIMAL = re.compile(r"^decimal\s*\(\s*(?P<precision>\d{1,4})\s*(?:,\s*(?P<scale>\d{1,4})\s*)?\)$", re.IGNORECASE)
_ENUM = re.compile(
    r"^(?:an?\s+)?enum(?:eration)?(?:\s+(?:of|with(?:\s+symbols)?)\s+|\s*:\s*|\s+|\s*(?=\())(?P<symbols>.+)$", re.I
)
_OR_NULL = re.compile(r"^(?P<inner>.+?)\s+or\s+null$", re.IGNORECASE)
_NULL_OR = re.compile(r"^(?:null\s+or|nullable|optional)\s+(?P<inner>.+)$", re.IGNORECASE)
_DEPTH_LIMIT = 16


def type_of(said: str, field: str, known: frozenset[str], depth: int = 0) -> Any:
    """Returns the type that the words name as a JSON value, None where they name none.

    `field` gives an enum its name; `known` are names that the schema declares.
    """
    phrase = _bare(said)
    if not phrase or depth > _DEPTH_LIMIT:
        return None
    if phrase[0] in '{["':
        return _json(phrase)
    for pattern, build in (
        (_LIST, _array),
        (_MAP, _map),
        (_OR_NULL, fieldtype.null_first),
        (_NULL_OR, fieldtype.null_first),
    ):
        match = pattern.match(phrase)
        if match:
            inner = type_of(match["inner"], field, known, depth + 1)
            return None if inner is None else build(inner)
    match = _ANGLE.match(phrase)
    if match:
        inner = type_of(match["inner"], field, known, depth + 1)
        return None if inner is None else (_map if match["outer"].lower() == "map" else _array)(inner)
    return _simple(phrase, field, known)


def _bare(said: str) -> str:
    phrase = said.strip()
    while len(phrase) > 1 and phrase[0] == phrase[-1] and phrase[0] in "`'\"":
        phrase = phrase[1:-1].strip()
    return _ARTICLE.sub("", phrase)


def _simple(phrase: str, field: str, known: frozenset[str]) -> Any:
    lowered = phrase.lower()
    match = _DECIMAL.match(phrase)
    if match:
        precision, scale = int(match["precision"]), int(match["scale"] or 0)
        return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
    match = _ENUM.match(phrase)
    if match:
        return _enum(match["symbols"], field, known)
    dashed = lowered.replace(" ", "-").replace("_", "-")
    if dashed in _LOGICAL:
        return {"type": _LOGICAL[dashed], "logicalType": dashed}
    name = _SAME.get(lowered, lowered)
    if name in fieldtype.PRIMITIVES:
        return name
    own = lowered.removesuffix("s")
    if own != lowered and _SAME.get(own, own) in fieldtype.PRIMITIVES:
        return _SAME.get(own, own)
    return phrase if phrase in known else None


def _array(inner: Any) -> dict[str, Any]:
    return {"type": "array", "items": inner}


def _map(inner: Any) -> dict[str, Any]:
    return {"type": "map", "values": inner}


def _json(phrase: str) -> Any:
    try:
        return json.loads(phrase)
    except (ValueError, RecursionError):
        return None


def _enum(listed: str, field: str, known: frozenset[str]) -> dict[str, Any]:
    listed = listed.strip().strip("()[]{}")
    symbols = [symbol.strip().strip("`'\"") for symbol in re.split(r"\s*(?:,|\||/|\s+and\s+|\s+or\s+|\s)\s*", listed)]
    words = re.split(r"[^A-Za-z0-9]+", field)
    base = "".join(word[:1].upper() + word[1:] for word in words if word) or "Symbols"
    name, number = base, 2
    while name in known:
        name, number = f"{base}{number}", number + 1
    return {
        "type": "enum",
        "name": name,
        "symbols": [symbol for symbol in symbols if symbol and symbol not in ("and", "or")],
    }
