"""Turns the nouns into JSON and back, by their type hints alone; the law is decode(encode(x)) == x.

A noun becomes an object of its fields. Where the hint allows several nouns, the object carries its class name under "is".
Fields that a noun once had, which its `FORMER` names, are passed over: what was written with them is still read.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import types
import typing
from typing import Any, TypeVar

Noun = TypeVar("Noun")
_UNIONS = (typing.Union, types.UnionType)


def encode(noun: object, hint: Any = None) -> Any:
    """Returns the JSON value of a noun; `hint` is what the holder of the value declares, None at the top."""
    if dataclasses.is_dataclass(noun) and not isinstance(noun, type):
        hints = _hints(type(noun))
        encoded = {name: encode(getattr(noun, name), hints[name]) for name in hints}
        return {"is": type(noun).__name__, **encoded} if _is_open(hint) else encoded
    if isinstance(noun, tuple):
        items = _item_hints(hint, len(noun))
        return [encode(item, item_hint) for item, item_hint in zip(noun, items, strict=True)]
    if noun is None or isinstance(noun, str | int | float | bool):
        return noun
    raise TypeError(f"not a noun: {type(noun).__name__}")


def decode(kind: type[Noun], value: Any) -> Noun:
    """Returns the noun of class `kind` that `value` encodes; raises ValueError where it doesn't fit."""
    return typing.cast(Noun, _decode(kind, value))


def canonical(value: Any) -> str:
    """Returns JSON text with sorted keys and no spaces, the form that digests are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(noun: object) -> str:
    """Returns the SHA-256 of a noun's canonical JSON, in hex."""
    return digest_of_text(canonical(encode(noun)))


def digest_of_text(text: str) -> str:
    """Returns the SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    resolved = typing.get_type_hints(kind)
    return {field.name: resolved[field.name] for field in dataclasses.fields(kind)}


def _members(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in _UNIONS else (hint,)


def _nouns(hint: Any) -> list[type]:
    return [member for member in _members(hint) if isinstance(member, type) and dataclasses.is_dataclass(member)]


def _is_open(hint: Any) -> bool:
    return len(_nouns(hint)) > 1


def _item_hints(hint: Any, count: int) -> list[Any]:
    for member in _members(hint):
        if typing.get_origin(member) is tuple:
            args = typing.get_args(member)
            return [args[0]] * count if len(args) == 2 and args[1] is Ellipsis else list(args)
    return [None] * count


def _decode(hint: Any, value: Any) -> Any:
    nouns = _nouns(hint)
    if isinstance(value, dict):
        return _decode_noun(nouns, value)
    if isinstance(value, list):
        items = _item_hints(hint, len(value))
        if len(items) != len(value):
            raise ValueError(f"expected {len(items)} items, found {len(value)}")
        return tuple(_decode(item_hint, item) for item_hint, item in zip(items, value, strict=True))
    if nouns and value is not None:
        raise ValueError(f"expected an object, found {value!r}")
    return value


def _decode_noun(nouns: list[type], value: dict[str, Any]) -> Any:
    kind = nouns[0] if len(nouns) == 1 else next((noun for noun in nouns if noun.__name__ == value.get("is")), None)
    if kind is None:
        raise ValueError(f"unknown kind of noun: {value.get('is')!r}")
    hints = _hints(kind)
    missing = [field.name for field in dataclasses.fields(kind) if _is_needed(field) and field.name not in value]
    passed_over = ("is", *getattr(kind, "FORMER", ()))
    unknown = [name for name in value if name not in hints and name not in passed_over]
    if missing or unknown:
        raise ValueError(f"{kind.__name__}: missing {missing}, unknown {unknown}")
    return kind(**{name: _decode(hints[name], value[name]) for name in hints if name in value})


def _is_needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
