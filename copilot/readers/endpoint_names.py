"""Which endpoint does a text of the code name, under the name that everyone knows it by? A pattern or a query names none."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from copilot.domain.pipeline import Endpoint, EndpointKind, Link
from copilot.readers.patterns import LIKE
from copilot.readers.things import name_of
from copilot.readers.values import Surroundings, Text, Value, resolve

MAX_LISTED = 64
_AWS_NAME = re.compile(r"arn:aws[\w-]*:\w+:[^:]*:[^:]*:(?:stream/|deliverystream/)?([^:/]+)$")
_FULL_NAMES = {
    "topic": (re.compile(r"projects/[^/]+/topics/(.+)$"), _AWS_NAME),
    "subscription": (re.compile(r"projects/[^/]+/subscriptions/(.+)$"),),
    "queue": (re.compile(r"https?://[^/]+/\d+/([^/]+)$"), _AWS_NAME),
    "stream": (_AWS_NAME,),
}
_QUERY = re.compile(r"\s|\(")


def endpoint_of(kind: EndpointKind, text: Text) -> Endpoint:
    """Returns the endpoint of a text: a pattern, a query, or a table that is filled in where it runs, is no name."""
    if kind == "topic" and text.text.startswith("^"):
        return Endpoint(kind, "", f"{LIKE}{text.text}")
    # "{{": filled in by Airflow when a task runs.
    if "{{" in text.text or (kind == "table" and "{" in text.text):
        return Endpoint(kind, "", text.text.replace("`", ""))
    if kind == "table" and _QUERY.search(text.text):
        return Endpoint(kind, "", "a query")
    if kind == "table" and not text.text and _QUERY.search(text.variable):
        # More than a name was filled in: the rest of the statement, known in part.
        first = _QUERY.split(text.variable.strip(), maxsplit=1)[0]
        if "(" in text.variable:
            return Endpoint(kind, "", "a query")
        return Endpoint(kind, "", first) if "{" in first else Endpoint(kind, first)
    name = text.text.replace("`", "") if kind == "table" else text.text
    return Endpoint(kind, plain_endpoint(kind, name), "" if name else text.variable)


def endpoint_texts(value: Value, around: Surroundings) -> tuple[Text, ...]:
    """Returns the texts that a value may become; what is unknown is one without text, under the name that the code gives it."""
    if value is not None and value[0] == "at" and value[2] is not None and value[2][0] == "list":
        value, around = value[2], replace(around, path=value[1])
    if value is not None and value[0] == "list" and value[1]:
        each = dict.fromkeys(text for item in value[1][:MAX_LISTED] for text in endpoint_texts(item, around))
        told = tuple(text for text in each if text.text or text.variable)
        return told or tuple(each)[:1]
    found = resolve(value, around) or (Text("", "", "unset"),)
    name = name_of(value)
    named = (text if text.text or text.variable else Text("", name, "unset") for text in found)
    return tuple(one for text in named for one in _assigned(text))


def _assigned(text: Text) -> tuple[Text, ...]:
    """Returns the topics of a text, which are several where Spark is assigned partitions: `{"orders": [0, 1]}`."""
    if not text.text.startswith("{"):
        return (text,)
    try:
        partitions = json.loads(text.text)
    except ValueError:
        return (text,)
    return tuple(replace(text, text=topic) for topic in partitions) if isinstance(partitions, dict) else (text,)


def is_told(link: Link) -> bool:
    """Tells whether the endpoint of a link is known, by its name or by a pattern."""
    return bool(link.endpoint.name) or link.endpoint.variable.startswith(LIKE)


def plain_endpoint(kind: str, text: str) -> str:
    """Returns the name that everyone knows an endpoint by, whether code writes it, its address, or its full resource name."""
    for form in _FULL_NAMES.get(kind, ()):
        found = form.match(text)
        if found:
            return found[1]
    return text
