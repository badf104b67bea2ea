"""Which units does a doc text, or a field's name, say? Word lists only: what is implied without a unit word stays unseen."""

from __future__ import annotations

import re

_WORDS: dict[str, dict[str, str]] = {
    "money": {
        "cents": "cent cents minor pence",
        "whole units": "dollar dollars euro euros pound pounds major",
        "micros": "micros",
    },
    "time": {
        "ns": "ns nanosecond nanoseconds nanos",
        "us": "us µs microsecond microseconds",
        "ms": "ms millisecond milliseconds millis",
        "s": "s sec secs second seconds",
        "minutes": "mins minute minutes",
        "hours": "h hr hrs hour hours",
        "days": "day days",
    },
    "share": {"percent": "percent pct %", "fraction": "fraction ratio proportion", "basis points": "bps"},
    "angle": {
        "degrees": "deg degs degree degrees",
        "radians": "rad rads radian radians",
        "arcseconds": "arcsec arcsecs",
    },
    "length": {
        "mm": "mm millimeter millimeters millimetre millimetres",
        "cm": "cm centimeter centimeters centimetre centimetres",
        "m": "m meter meters metre metres",
        "km": "km kilometer kilometers kilometre kilometres",
        "miles": "mi mile miles",
        "feet": "ft foot feet",
    },
    "weight": {"g": "g gram grams", "kg": "kg kilogram kilograms", "pounds": "lb lbs", "ounces": "oz ounce ounces"},
    "temperature": {
        "celsius": "celsius °c",
        "fahrenheit": "fahrenheit °f",
        "kelvin": "kelvin kelvins",
    },
    "size": {
        "bytes": "byte bytes",
        "kilobytes": "kb kib kilobyte kilobytes",
        "megabytes": "mb mib megabyte megabytes",
        "gigabytes": "gb gib gigabyte gigabytes",
    },
    "time zone": {"UTC": "utc gmt", "local time": "local"},
    "tax": {"gross": "gross", "net": "net"},
}
_UNITS = {
    word: (dimension, unit)
    for dimension, units in _WORDS.items()
    for unit, words in units.items()
    for word in words.split()
}
# A lone "s" after an apostrophe is a genitive, not seconds.
_WORD = re.compile(r"(?<!['’])[°µ]?[A-Za-z]+|%")


def units_in(doc: str) -> dict[str, frozenset[str]]:
    """Returns the units that a text names, by dimension."""
    found: dict[str, set[str]] = {}
    for word in _WORD.findall(doc):
        entry = _UNITS.get(word.lower())
        if entry is not None:
            found.setdefault(entry[0], set()).add(entry[1])
    return {dimension: frozenset(units) for dimension, units in found.items()}


def unit_changes(old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    """Returns (dimension, units before, units after) for each dimension in which both texts name units, and other ones."""
    before, after = units_in(old), units_in(new)
    return tuple(
        (dimension, " and ".join(sorted(before[dimension])), " and ".join(sorted(after[dimension])))
        for dimension in sorted(before.keys() & after.keys())
        if before[dimension] != after[dimension]
    )


def name_unit_changes(old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    """Returns (dimension, unit before, unit after) where two names end in units of one dimension, and in other ones."""
    return unit_changes(_last_word(old), _last_word(new))


def _last_word(name: str) -> str:
    # What stands alone is a name, not a unit: "hours", "m".
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|%", name)
    return words[-1] if len(words) > 1 else ""
