"""What is one row of the tables of client libraries? What a call makes, reads or writes, and where its arguments stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from copilot.readers.values import Value


class Step(NamedTuple):
    """What a call of a client library does.

    `role` is "consume", "produce" or "". `topic` and `value` tell where the endpoint's name and the record stand: positions and
    keywords in order of preference ("0 topic"), "*" for all positional arguments, "{0" for the keys of a dict in that place,
    "~0" for a pattern that names match,
    "own" for what the object that is called was made with. `gives` is the kind of object that comes out ("" none, "=" the
    same one), `keeps` tells that it remembers the topic. `endpoint` is the kind of endpoint. Where `needs` holds, a call
    without that argument does nothing.
    """

    role: str = ""
    topic: str = ""
    value: str = ""
    gives: str = ""
    keeps: bool = False
    endpoint: str = "topic"
    needs: bool = False


def gives(kind: str, topic: str = "") -> Step:
    """Returns the step of a call that only makes an object, which remembers a topic where `topic` says where that stands."""
    return Step(gives=kind, topic=topic, keeps=bool(topic))


def consumes(topic: str, kind: str = "", endpoint: str = "topic", needs: bool = False) -> Step:
    """Returns the step of a call that reads an endpoint, and gives an object of that kind."""
    return Step("consume", topic, "", kind, False, endpoint, needs)


def produces(topic: str, value: str = "", kind: str = "", endpoint: str = "topic", needs: bool = False) -> Step:
    """Returns the step of a call that writes an endpoint."""
    return Step("produce", topic, value, kind, False, endpoint, needs)


LISTED = "list"
"""The kind of endpoint of a list in a store, which is a queue where one job puts in what another takes out."""
MESSAGE = Step(gives="message")
SAME = Step(gives="=")

Steps = dict[str, Step]
"""By the name of what is called; "name:text" is the call whose first argument is that text, "*" any other name."""


def topics_of(step: Step, arguments: Mapping[str, Value], client: tuple[Any, ...]) -> Value:
    """Returns what names the endpoint of a call whose arguments are known, None where it doesn't say; `client` is its object."""
    for place in step.topic.split():
        if place == "own":
            own: Value = client[2]
            return own
        if place == "*":
            given = tuple(value for name, value in arguments.items() if name.isdigit())
            if given:
                return ("list", given)
        elif place.lstrip("{~") in arguments:
            found: Value = arguments[place.lstrip("{~")]
            if place.startswith("{") and found is not None and found[0] == "map":
                return ("list", tuple(("s", name) for name, _ in found[1]))
            return ("as", "pattern", found, ()) if place.startswith("~") else found
    return None
