"""What must a person do where a field gets a logical type: what to write, per library, and what readers get from then on?

No edit is offered: whether a number counts the unit of the type, and in which time zone, is nothing that code shows.
"""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.pipeline import Link

_APACHE = "avro"
_UNITS = {"millis": "milliseconds", "micros": "microseconds", "nanos": "nanoseconds"}


def what_to_write(kind: Any, producers: tuple[Link, ...]) -> str:
    """Returns what a producer must hand to its library for that type, by hand."""
    whole = fieldtype.without_null(kind)
    logical = fieldtype.logical_kind(whole)
    libraries = {link.decoder.library for link in producers if link.decoder}
    unit = next((words for short, words in _UNITS.items() if logical.endswith(f"-{short}")), "")
    if logical.startswith("timestamp-"):
        return f"write {_either('a datetime with a time zone', f'{unit} since 1970, UTC', libraries)}, by hand"
    if logical.startswith("time-"):
        return f"write {_either('a time of day', f'{unit} since midnight', libraries)}, by hand"
    if logical == "date":
        return f"write {_either('a date', 'days since 1970', libraries)}, by hand"
    if logical == "decimal":
        scale = whole.get("scale", 0)
        return f"write a Decimal with at most {scale} digits after the point, by hand: a float or a text is refused"
    if logical == "uuid":
        return "write the text of a UUID, by hand"
    return "convert the value that is written, by hand"


def what_comes(kind: Any) -> str:
    """Returns what readers must expect of that type, by hand."""
    logical = fieldtype.logical_kind(fieldtype.without_null(kind))
    for start, words in _READ.items():
        if logical == start or logical.startswith(f"{start}-"):
            return f"expect {words} from the decoder, by hand"
    return "expect the new type, by hand"


_READ = {
    "timestamp": "a datetime in UTC and no number",
    "time": "a time of day and no number",
    "date": "a date and no number",
    "decimal": "a Decimal, which does not mix with floats,",
}


def _either(exact: str, number: str, libraries: set[str]) -> str:
    """Apache avro takes only the exact kind of value; fastavro, also under Confluent's serializers, takes the number as it is."""
    if libraries == {_APACHE}:
        return f"{exact}, a number is refused"
    if libraries and _APACHE not in libraries:
        return f"{exact}, or see that the number counts {number}"
    return f"{exact}; fastavro also takes a number, of {number}"
