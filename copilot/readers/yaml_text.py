"""YAML as nodes with lines, and templated YAML as lines; PyYAML is loaded on first use only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from copilot.readers.deployment_facts import may_keep
from copilot.readers.values import Value

MAX_YAML_BYTES = 512 * 1024
MAX_YAML_DEPTH = 40
# PyYAML's composer in C recurses without a limit: some ten thousand levels end the process.
MAX_COMPOSED_DEPTH = 1000
# Aliases let a few lines stand for billions of values.
MAX_YAML_ENTRIES = 200_000
_NAME_LINE = re.compile(r"""^\s*-?\s*name:\s*["']?([A-Za-z_][A-Za-z0-9_.]*)["']?\s*$""")
_VALUE_LINE = re.compile(r"""^\s*-?\s*value:\s*(.*?)\s*$""")
_VALUES_REFERENCE = re.compile(r"\{\{-?\s*\.Values\.([A-Za-z0-9_.]+)\s*(?:\|[^}]*)?-?\}\}")


# Tags of CloudFormation's short forms, whose values are references: `!Ref Queue` is `{Ref: Queue}`.
_CLOUD_TAGS = frozenset(
    {
        "Sub",
        "GetAtt",
        "Join",
        "ImportValue",
        "FindInMap",
        "Select",
        "Split",
        "If",
        "Base64",
        "Cidr",
        "GetAZs",
        "Transform",
    }
)


class Entry(NamedTuple):
    """A value of YAML with its line: a text, a list of entries, or a dict of entries."""

    value: Any
    line: int


def text_of(entry: Entry | None) -> str:
    """Returns the text of a scalar, "" for anything else."""
    return entry.value if entry is not None and isinstance(entry.value, str) else ""


def name_in(entry: Entry | None) -> str:
    """Returns the text that a mapping has under "name", "" for anything else."""
    return text_of(entry.value.get("name")) if entry is not None and isinstance(entry.value, dict) else ""


def items_of(entry: Entry | None) -> list[Entry]:
    """Returns the mappings in a list, () for anything else."""
    items = entry.value if entry is not None and isinstance(entry.value, list) else []
    return [item for item in items if isinstance(item.value, dict)]


class NotYaml(Exception):
    """The text is no YAML; the message says why, `line` where."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def read_yaml(text: str) -> list[Entry]:
    """Returns the documents of a YAML text, all scalars as texts; raises NotYaml."""
    import yaml

    if len(text) > MAX_YAML_BYTES:
        raise NotYaml(f"the file is larger than {MAX_YAML_BYTES} bytes and was not read", 1)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if _may_be_deep(text):
            _refuse_deep(yaml.parse(text, Loader=loader))
        budget = iter(range(MAX_YAML_ENTRIES))
        return [_entry(node, 0, budget) for node in yaml.compose_all(text, Loader=loader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotYaml(f"not valid YAML: {error.problem}", mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise NotYaml(f"not valid YAML: {type(error).__name__}", 1) from None


def _may_be_deep(text: str) -> bool:
    """Tells, cheaply, whether nesting beyond the limit is possible: each level needs a bracket, or a column of its line."""
    longest = max(map(len, text.splitlines()), default=0)
    # A list may stand in the same column as the key above it, hence twice.
    return text.count("[") + text.count("{") + 2 * longest > MAX_COMPOSED_DEPTH


def _refuse_deep(events: Iterable[Any]) -> None:
    depth = 0
    for event in events:
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        if depth > MAX_COMPOSED_DEPTH:
            line = event.start_mark.line + 1
            raise NotYaml(f"the file nests more than {MAX_COMPOSED_DEPTH} levels and was not read", line)


def _entry(node: Any, depth: int, budget: Iterator[int]) -> Entry:
    found = _plain_entry(node, depth, budget)
    if node.tag.startswith("!") and (node.tag == "!Ref" or node.tag[1:] in _CLOUD_TAGS):
        return Entry({"Ref" if node.tag == "!Ref" else f"Fn::{node.tag[1:]}": found}, found.line)
    return found


def _plain_entry(node: Any, depth: int, budget: Iterator[int]) -> Entry:
    line = node.start_mark.line + 1
    if next(budget, None) is None:
        raise NotYaml(f"the file holds more than {MAX_YAML_ENTRIES} values, aliases counted, and was not read", line)
    if depth > MAX_YAML_DEPTH:
        return Entry("", line)
    kind = node.id
    if kind == "mapping":
        pairs = [(str(key.value), _entry(value, depth + 1, budget)) for key, value in node.value if key.id == "scalar"]
        return Entry(_merged(pairs), line)
    if kind == "sequence":
        return Entry([_entry(item, depth + 1, budget) for item in node.value], line)
    is_null = node.tag.endswith(":null")
    return Entry("" if is_null else str(node.value), line)


def _merged(pairs: list[tuple[str, Entry]]) -> dict[str, Entry]:
    """Returns the entries of a mapping, those that `<<` takes over from others below its own."""
    merged: dict[str, Entry] = {}
    for key, taken in pairs:
        if key == "<<":
            for one in reversed(taken.value) if isinstance(taken.value, list) else (taken,):
                merged.update(one.value if isinstance(one.value, dict) else {})
    merged.update((key, entry) for key, entry in pairs if key != "<<")
    return merged


def templated_pairs(text: str) -> Iterator[tuple[str, Value, int]]:
    """Yields `name:` and the `value:` on the next line as settings of a template that is no YAML."""
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        named = _NAME_LINE.match(line)
        if named:
            name = named[1]
            continue
        valued = _VALUE_LINE.match(line)
        if name and valued:
            reference = _VALUES_REFERENCE.search(valued[1])
            if reference:
                yield name, ("env", f".Values.{reference[1]}", None, number), number
            elif "{{" not in valued[1] and may_keep(name, valued[1]):
                yield name, ("s", valued[1].strip("\"'")), number
        name = ""
