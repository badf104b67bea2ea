"""Which functions does a template of CloudFormation, SAM or the Serverless Framework deploy, and what feeds them?

A queue or stream that the template itself makes has the name that it is given there, else its logical id: the cloud makes a longer
one of that, which nobody here knows. So it is with a name that is made of the stack's or the account's. References to other
stacks and to parameters without a default are unknown.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from copilot.readers.deployment_facts import MAX_SETTINGS, MAX_UNITS, MAX_VALUE, Setting, Unit, may_keep
from copilot.readers.facts import Config
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry, text_of

MAX_EVENTS = 50
MAX_DEPTH = 8
_FUNCTIONS = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
_OWN_NAMES = (
    "QueueName",
    "TopicName",
    "Name",
    "TableName",
    "StreamName",
    "BucketName",
    "DeliveryStreamName",
    "FunctionName",
)
_FILLED_IN = "\0"
"""Stands for what the cloud fills in: the account, the region, the name of the stack."""
_ADDRESSES = ("arn:aws", "https://sqs.")
_LAST_PART = re.compile(r"[^:/]*\Z")
_REFERENCE = re.compile(r"\$\{([^}]+)\}")
# What a source says where, and the kind of endpoint that it is: of SAM's events, and of the Serverless Framework's.
_EVENTS = {
    "SQS": ("Queue", "queue"),
    "Kinesis": ("Stream", "stream"),
    "DynamoDB": ("Stream", "table"),
    "SNS": ("Topic", "topic"),
    "MSK": ("Topics", "topic"),
    "SelfManagedKafka": ("Topics", "topic"),
    "S3": ("Bucket", "file"),
    "sqs": ("arn", "queue"),
    "stream": ("arn", "stream"),
    "sns": ("arn topicName", "topic"),
    "kafka": ("topic", "topic"),
    "msk": ("topic", "topic"),
    "s3": ("bucket", "file"),
}
_ARN_KINDS = {"sqs": "queue", "kinesis": "stream", "dynamodb": "table", "sns": "topic", "s3": "file"}
_RESOURCE_KINDS = {
    "AWS::SQS::Queue": "queue",
    "AWS::Kinesis::Stream": "stream",
    "AWS::DynamoDB::Table": "table",
    "AWS::SNS::Topic": "topic",
    "AWS::S3::Bucket": "file",
}


def is_cloud_template(root: Entry) -> bool:
    """Tells whether a document is a template of CloudFormation or SAM, or a file of the Serverless Framework."""
    resources = root.value.get("Resources")
    if resources is not None and isinstance(resources.value, dict):
        return any(_type_of(one).startswith("AWS::") for one in resources.value.values())
    return "functions" in root.value and "provider" in root.value


def cloud_units(root: Entry) -> tuple[Unit, ...]:
    """Returns a unit for each function of a template."""
    if "functions" in root.value:
        return tuple(_serverless(root))[:MAX_UNITS]
    return tuple(_stack(root))[:MAX_UNITS]


@dataclass(frozen=True, slots=True)
class _Stack:
    """What references in one template lead to: its resources by logical id, its parameters, and all of it by dotted path."""

    resources: Mapping[str, Entry]
    parameters: Mapping[str, Entry]
    root: Entry
    found: dict[str, str] = field(default_factory=dict)
    """What each reference was found to stand for: names that are made of each other may hold one a million times."""

    def told(self, entry: Entry | None) -> str:
        """Returns the name or address that a value stands for, "" where nobody here knows it.

        Account and region of an address are zeros: no name keeps them.
        """
        found = self.name(entry)
        last = _LAST_PART.search(found)
        is_told = _FILLED_IN not in found or (found.startswith(_ADDRESSES) and last and _FILLED_IN not in last[0])
        return found.replace(_FILLED_IN, "0") if is_told else ""

    def name(self, entry: Entry | None, depth: int = 0) -> str:
        """Returns what a value stands for, marks in it for what the cloud fills in, "" where nobody here knows it."""
        if entry is None or depth > MAX_DEPTH:
            return ""
        if isinstance(entry.value, str):
            return self._filled(entry.value, {}, depth) if "${" in entry.value else entry.value
        if isinstance(entry.value, list) or len(entry.value) != 1:
            return ""
        function, given = next(iter(entry.value.items()))
        parts = given.value if isinstance(given.value, list) else []
        if function == "Ref":
            return self._referred(text_of(given), depth)
        if function == "Fn::GetAtt":
            return self._referred(text_of(parts[0]) if parts else text_of(given).partition(".")[0], depth)
        if function == "Fn::Sub":
            inside = parts[1].value if len(parts) > 1 and isinstance(parts[1].value, dict) else {}
            return self._filled(text_of(parts[0] if parts else given), inside, depth)
        if function == "Fn::Join" and len(parts) == 2 and isinstance(parts[1].value, list):
            joined = [self.name(one, depth + 1) for one in parts[1].value]
            return _of_length(text_of(parts[0]).join(joined)) if all(joined) else ""
        return ""

    def kind(self, entry: Entry | None) -> str:
        """Returns the kind of endpoint that an address leads to, "" where it doesn't say."""
        if entry is not None and isinstance(entry.value, dict):
            given = next(iter(entry.value.values()), None)
            first = given.value[0] if given is not None and isinstance(given.value, list) and given.value else given
            resource = self.resources.get(text_of(first).partition(".")[0])
            if resource is not None:
                return _RESOURCE_KINDS.get(_type_of(resource), "")
        address = self.name(entry).split(":")
        return _ARN_KINDS.get(address[2], "") if len(address) > 5 else ""

    def _referred(self, name: str, depth: int) -> str:
        if name.startswith("AWS::"):
            return "aws" if name == "AWS::Partition" else _FILLED_IN
        if name in self.parameters:
            return text_of(_inner(self.parameters[name], "Default"))
        if name not in self.resources:
            return ""
        if name not in self.found:
            self.found[name] = name  # where its name leads back to itself
            properties = _inner(self.resources[name], "Properties")
            own = next((_inner(properties, key) for key in _OWN_NAMES if _inner(properties, key) is not None), None)
            known = self.name(own, depth + 1)
            self.found[name] = known if known and _FILLED_IN not in known else name
        return self.found[name]

    def _filled(self, text: str, inside: Mapping[str, Entry], depth: int) -> str:
        """Returns a text with its references filled in, "" where one of them isn't known."""
        filled = ""
        at = 0
        for found in _REFERENCE.finditer(text):
            known = self._variable(found[1], inside, depth)
            filled = _of_length(filled + text[at : found.start()] + known)
            if not known or not filled:
                return ""
            at = found.end()
        return _of_length(filled + text[at:])

    def _variable(self, name: str, inside: Mapping[str, Entry], depth: int) -> str:
        if name in inside:
            return self.name(inside[name], depth + 1)
        source, colon, rest = name.partition(":")
        if colon and not name.startswith("AWS::"):
            path, _, default = rest.partition(",")
            if source == "self" and name not in self.found:
                self.found[name] = ""
                self.found[name] = self.name(_at(self.root, path.strip()), depth + 1)
            found = self.found.get(name, "")
            return found or default.strip().strip("'\"")
        return self._referred(name.partition(".")[0] if not name.startswith("AWS::") else name, depth)


def _stack(root: Entry) -> Iterator[Unit]:
    resources = _mapping(root.value.get("Resources"))
    stack = _Stack(resources, _mapping(root.value.get("Parameters")), root)
    shared = _inner(root.value.get("Globals"), "Function")
    fed = list(_mappings_of(stack))
    for name, resource in resources.items():
        properties = _inner(resource, "Properties")
        if _type_of(resource) not in _FUNCTIONS or properties is None or not isinstance(properties.value, dict):
            continue
        code = _inner(properties, "CodeUri") or _inner(shared, "CodeUri") or _inner(properties, "Code")
        folder = text_of(code)
        events = [
            config
            for event, entry in _mapping(_inner(properties, "Events")).items()
            for config in _event(stack, name, event, text_of(_inner(entry, "Type")), _inner(entry, "Properties"))
        ]
        events += [config for function, config in fed if function in (name, stack.name(_ref(name)))]
        environments = (_inner(_inner(one, "Environment"), "Variables") for one in (shared, properties))
        yield _unit(
            name,
            resource,
            environments,
            events,
            _program(folder, text_of(_inner(properties, "Handler"))),
            stack,
            folder,
        )


def _mappings_of(stack: _Stack) -> Iterator[tuple[str, Config]]:
    """Yields (function, what feeds it) of the resources that tie a source to a function."""
    for name, resource in stack.resources.items():
        properties = _inner(resource, "Properties")
        if _type_of(resource) == "AWS::Lambda::EventSourceMapping":
            source, function = _inner(properties, "EventSourceArn"), stack.name(_inner(properties, "FunctionName"))
            topics = _inner(properties, "Topics")
            if topics is not None:
                yield from ((function, one) for one in _configs(stack, name, "topic", topics))
            elif kind := stack.kind(source):
                yield from ((function, one) for one in _configs(stack, name, kind, source))
        elif _type_of(resource) == "AWS::SNS::Subscription" and text_of(_inner(properties, "Protocol")) == "lambda":
            function = stack.name(_inner(properties, "Endpoint"))
            yield from ((function, one) for one in _configs(stack, name, "topic", _inner(properties, "TopicArn")))


def _serverless(root: Entry) -> Iterator[Unit]:
    stack = _Stack(_mapping(_inner(root.value.get("resources"), "Resources")), {}, root)
    shared = _inner(root.value.get("provider"), "environment")
    for name, function in _mapping(root.value.get("functions")).items():
        if not isinstance(function.value, dict):
            continue
        listed = _inner(function, "events")
        events = [
            config
            for entry in (listed.value if listed is not None and isinstance(listed.value, list) else ())
            if isinstance(entry.value, dict)
            for kind, given in entry.value.items()
            for config in _event(stack, name, kind, kind, given)
        ]
        handler = text_of(_inner(function, "handler"))
        environments = (shared, _inner(function, "environment"))
        yield _unit(name, function, environments, events, _program("", handler), stack, posixpath.dirname(handler))


def _event(stack: _Stack, function: str, event: str, source: str, given: Entry | None) -> Iterator[Config]:
    """Yields what an event of a function consumes; what is no record of a pipeline (a schedule, a request) is nothing."""
    if source not in _EVENTS or given is None:
        return
    places, kind = _EVENTS[source]
    named = given
    if isinstance(given.value, dict) and not _is_reference(given):
        named = next((given.value[place] for place in places.split() if place in given.value), given)
        if text_of(given.value.get("type")) == "dynamodb":
            kind = "table"
    elif source == "stream" and stack.kind(given):
        kind = stack.kind(given)
    yield from _configs(stack, f"{function}.{event}", kind, named)


def _configs(stack: _Stack, role: str, kind: str, named: Entry | None) -> Iterator[Config]:
    if named is None:
        return
    items = named.value if isinstance(named.value, list) else [named]
    for number, item in enumerate(items[:MAX_EVENTS]):
        name = stack.told(item)
        value: Value = ("s", name) if name else ("env", f"{role} event", None)
        yield Config(f"{role}.{number}:{kind}", "consumes", value, None, None, item.line)


def _unit(
    name: str,
    entry: Entry,
    environments: Iterable[Entry | None],
    events: list[Config],
    program: str,
    stack: _Stack,
    folder: str,
) -> Unit:
    settings: list[Setting] = []
    for environment in environments:
        for key, value in _mapping(environment).items():
            text = stack.told(value)
            settings.append((key, ("s", text) if text and may_keep(key, text) else None, value.line))
    hints = tuple(dict.fromkeys(hint for hint in (name, posixpath.basename(folder.rstrip("/"))) if hint))
    programs = (program,) if program else ()
    return Unit(name, hints, entry.line, tuple(settings[:MAX_SETTINGS]), tuple(events), programs=programs)


def _program(folder: str, handler: str) -> str:
    """Returns the file of a handler, "" where it is none of Python's: "src/app.handle" is in src/app.py."""
    module, dot, _ = handler.rpartition(".")
    if not dot or "${" in handler:
        return ""
    directory, _, last = module.rpartition("/")
    return posixpath.normpath(posixpath.join(folder, directory, last.replace(".", "/") + ".py"))


def _of_length(text: str) -> str:
    """Returns a text that may be a name or an address, "" where it is too long for that."""
    return text if len(text) <= MAX_VALUE else ""


def _is_reference(entry: Entry) -> bool:
    return len(entry.value) == 1 and next(iter(entry.value)).startswith(("Ref", "Fn::"))


def _ref(name: str) -> Entry:
    return Entry({"Ref": Entry(name, 1)}, 1)


def _type_of(resource: Entry) -> str:
    return text_of(_inner(resource, "Type"))


def _inner(entry: Entry | None, key: str) -> Entry | None:
    found: Entry | None = entry.value.get(key) if entry is not None and isinstance(entry.value, dict) else None
    return found


def _mapping(entry: Entry | None) -> dict[str, Entry]:
    return entry.value if entry is not None and isinstance(entry.value, dict) else {}


def _at(root: Entry, path: str) -> Entry | None:
    found: Entry | None = root
    for key in path.split("."):
        found = _inner(found, key)
    return found
