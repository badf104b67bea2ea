"""Which units does a doc text, or a field's name, say? Word lists only: what is implied without a unit word stays unseen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copilot.domain.naming import beside

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

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
        "weeks": "week weeks",
    },
    "share": {"percent": "percent pct %", "fraction": "fraction ratio proportion", "basis points": "bps"},
    "angle": {
        "degrees": "deg degs degree degrees",
        "radians": "rad rads radian radians",
        "arcseconds": "arcsec arcsecs arcsecond arcseconds",
    },
    "length": {
        "mm": "mm millimeter millimeters millimetre millimetres",
        "cm": "cm centimeter centimeters centimetre centimetres",
        "m": "m meter meters metre metres",
        "km": "km kilometer kilometers kilometre kilometres",
        "miles": "mi mile miles",
        "nautical miles": "nmi nautical_mile nautical_miles sea_mile sea_miles",
        "feet": "ft foot feet",
    },
    "speed": {
        "m/s": "m/s meter_per_second meters_per_second metre_per_second metres_per_second",
        "km/h": "km/h kmh kph kilometer_per_hour kilometers_per_hour kilometre_per_hour kilometres_per_hour",
        "mph": "mph mile_per_hour miles_per_hour",
        "knots": "knot knots",
    },
    "acceleration": {"m/s²": "m/s² m/s2 m/s^2 meters_per_second_squared metres_per_second_squared"},
    "voltage": {"mV": "mv millivolt millivolts", "V": "volt volts", "kV": "kv kilovolt kilovolts"},
    "frequency": {"Hz": "hz hertz", "kHz": "khz", "MHz": "mhz", "GHz": "ghz"},
    "pressure": {
        "Pa": "pascal pascals",
        "hPa": "hpa mbar millibar millibars",
        "kPa": "kpa",
        "mmHg": "mmhg",
        "psi": "psi",
    },
    "weight": {"g": "g gram grams", "kg": "kg kilogram kilograms", "pounds": "lb lbs", "ounces": "oz ounce ounces"},
    "temperature": {
        "celsius": "celsius °c",
        "fahrenheit": "fahrenheit °f",
        "kelvin": "kelvin kelvins",
    },
    "energy": {
        "Wh": "wh",
        "kWh": "kwh",
        "MWh": "mwh",
        "J": "joule joules",
        "kJ": "kj",
    },
    "power": {"W": "watt watts", "kW": "kw kilowatt kilowatts", "MW": "megawatt megawatts"},
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
# How many of the first unit one of these is. Units that no constant factor joins (temperatures, radians, currencies) have none.
_SIZES: dict[str, dict[str, str]] = {
    "money": {"whole units": "1", "cents": "1/100", "micros": "1/1000000"},
    "time": {
        "s": "1",
        "ms": "1/1000",
        "us": "1/1000000",
        "ns": "1/1000000000",
        "minutes": "60",
        "hours": "3600",
        "days": "86400",
        "weeks": "604800",
    },
    "share": {"fraction": "1", "percent": "1/100", "basis points": "1/10000"},
    "angle": {"degrees": "1", "arcseconds": "1/3600"},
    "length": {
        "m": "1",
        "mm": "1/1000",
        "cm": "1/100",
        "km": "1000",
        "feet": "3048/10000",
        "miles": "1609344/1000",
        "nautical miles": "1852",
    },
    "speed": {"m/s": "1", "km/h": "1000/3600", "mph": "44704/100000", "knots": "1852/3600"},
    "voltage": {"V": "1", "mV": "1/1000", "kV": "1000"},
    "frequency": {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"},
    "pressure": {"Pa": "1", "hPa": "100", "kPa": "1000"},
    "energy": {"Wh": "1", "kWh": "1000", "MWh": "1000000", "J": "1/3600", "kJ": "1000/3600"},
    "power": {"W": "1", "kW": "1000", "MW": "1000000"},
    "weight": {
        "g": "1",
        "kg": "1000",
        "pounds": "45359237/100000",
        "ounces": "28349523125/1000000000",
    },
}
# A word before a unit that makes another one of it: a square metre is no metre, and a troy ounce weighs more than an ounce.
_QUALIFIED = r"(?:nautical|sea|square|sq\.?|cubic|cu\.?|fluid|fl\.?|troy|survey|board|light|geographical?)[\s_-]+"
_PER = (
    r"(?:met(?:er|re)s?[\s_-]+per[\s_-]+second(?:[\s_-]+squared|[\s_-]+per[\s_-]+second)?"
    r"|(?:kilomet(?:er|re)|mile)s?[\s_-]+per[\s_-]+hour)\b"
)
# A lone "s" after an apostrophe is a genitive, not seconds.
_WORD = re.compile(
    rf"(?<!['’])(?:km/h|m/s(?:\^?2|²)?|(?<![A-Za-z])(?:{_PER}|{_QUALIFIED}[A-Za-z]+)|[°µ]?[A-Za-z]+)|%", re.IGNORECASE
)
_LAST_WORDS = re.compile(rf"\b(?:{_PER}|{_QUALIFIED}[A-Za-z]+)$", re.IGNORECASE)
# "The second day of the week", "the g band": such words are units only where a text puts one.
_ORDINARY = frozenset({"second", "minute", "hour", "day", "week", "month", "foot", "s", "h", "m", "g"})
_PUTS_UNIT = re.compile(r"(?:\b(?:in|per|as)\s+|[(\[/\d]\s*)$", re.IGNORECASE)
_ENDS_UNIT = re.compile(r"\s*(?:$|[)\]/.,;:])|\s+(?:since|from|after|before|of)\b")


def units_in(doc: str) -> dict[str, frozenset[str]]:
    """Returns the units that a text names, by dimension."""
    words = [found[0] for found in _WORD.finditer(doc) if found[0].lower() not in _ORDINARY or _is_put(doc, found)]
    return _by_dimension(words)


def _is_put(doc: str, found: re.Match[str]) -> bool:
    is_alone = found.start() == 0 and found.end() == len(doc)
    return is_alone or bool(_PUTS_UNIT.search(doc, 0, found.start()) and _ENDS_UNIT.match(doc, found.end()))


def _by_dimension(words: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word in words:
        dimension, unit = unit_of(word)
        if dimension:
            found.setdefault(dimension, set()).add(unit)
    return {dimension: frozenset(units) for dimension, units in found.items()}


def unit_of(word: str) -> tuple[str, str]:
    """Returns the dimension and the unit that a word names, ("", "") for a word that is in no list."""
    return _UNITS.get(re.sub(r"[\s_-]+", "_", word.lower()), ("", ""))


def factor_between(old: str, new: str) -> Fraction | None:
    """Returns what a value in the unit `old` is to be multiplied by to say the same in `new`; None where no constant does that.

    Two words for one unit, such as dollars and euros, are no conversion that a constant could make.
    """
    (dimension, before), (other, after) = unit_of(old), unit_of(new)
    sizes = _SIZES.get(dimension, {})
    if dimension != other or before == after or before not in sizes or after not in sizes:
        return None
    from fractions import Fraction  # most commands import this module for its words only

    return Fraction(sizes[before]) / Fraction(sizes[after])


def units_in_name(name: str) -> dict[str, frozenset[str]]:
    """Returns the units that the last word of a name says, by dimension; what stands alone is a name, not a unit."""
    return _by_dimension([_last_word(name)])


def unit_changes(old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    """Returns (dimension, units before, units after) for each dimension in which both texts name units, and none alike."""
    return _changes(units_in(old), units_in(new))


def _changes(before: dict[str, frozenset[str]], after: dict[str, frozenset[str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (dimension, " and ".join(sorted(before[dimension])), " and ".join(sorted(after[dimension])))
        for dimension in sorted(before.keys() & after.keys())
        if before[dimension].isdisjoint(after[dimension])
    )


def name_unit_changes(old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    """Returns (dimension, unit before, unit after) where two names end in units of one dimension, and in other ones."""
    return _changes(units_in_name(old), units_in_name(new))


def _last_word(name: str) -> str:
    # What stands alone is a name, not a unit: "hours", "m".
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|%", name)
    several = _LAST_WORDS.search(" ".join(words))
    return several[0] if several else words[-1] if len(words) > 1 else ""


def unit_field(name: str) -> str:
    """Returns the name of the field that says another one's unit, in its way of writing."""
    return beside(name, "unit")
