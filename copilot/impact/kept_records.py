"""Where do tests keep records as data: objects of JSON (also one a line), YAML and Python with the keys of a record of the subject?

A test that loads such an object hands it to the program, so it stays green with the old name however real records look. No code
names the field there, so no reader of code finds it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from copilot.domain.mention import Mention
from copilot.domain.operation import Operation
from copilot.domain.pipeline import PipelineMap
from copilot.domain.python_text import parsed_python
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Span
from copilot.impact.json_lines import Node, parse_lines
from copilot.impact.places import place_of

EXCERPT_LENGTH_MAX = 160
LINES_A_FILE_MAX = 60
"""More lines of one file are a person's: so many are a recording rather than an example."""
_SHARED_MIN = 3
_FIXTURES = re.compile(r"(^|/)(fixtures?|testdata|test[-_]data)/")
_YAML_KEY = re.compile(r"""^(?P<indent>\s*)(?P<item>(?:- +)*)(["']?)(?P<key>[A-Za-z_][\w-]*)\3\s*:(\s|$)""")

Keys = list[tuple[str, int]]
"""The keys of one object, each with its line."""


@dataclass(frozen=True, slots=True)
class RecordShape:
    """A field and the names beside it: `required` have no default, `others` are those of each other record that has the field."""

    field: str
    names: frozenset[str]
    required: frozenset[str]
    others: tuple[frozenset[str], ...]

    def is_just(self, keys: Collection[str]) -> bool:
        """Tells whether an object is this record and can be no other."""
        own = set(keys)
        return self.required <= own <= self.names and not any(own <= names for names in self.others)

    def is_near(self, keys: Collection[str]) -> bool:
        """Tells whether an object has most of the record's names, and hardly others."""
        own = set(keys)
        shared = len(own & self.names)
        return shared >= _SHARED_MIN and 2 * shared >= len(own) and 2 * shared >= len(self.required)


def shape_of(operation: Operation, pipeline: PipelineMap) -> RecordShape | None:
    """Returns the shape of the record that declares the operation's field, None where no version has it."""
    subject = pipeline.subject(operation.subject)
    record = operation.record or subject.latest.name
    latest = [it for it in subject.latest.fields if it.record == record]
    if not any(it.name == operation.field for it in latest):
        return None
    names = frozenset(it.name for version in subject.versions for it in version.fields if it.record == record)
    required = frozenset(it.name for it in latest if it.is_required)
    return RecordShape(operation.field, names, required, tuple(_others(operation.field, record, subject, pipeline)))


def _others(field: str, record: str, subject: SchemaSubject, pipeline: PipelineMap) -> Iterator[frozenset[str]]:
    for other in pipeline.subjects:
        by_record: dict[str, set[str]] = {}
        for it in other.latest.fields:
            if (other.name, it.record) != (subject.name, record):
                by_record.setdefault(it.record, set()).add(it.name)
        yield from (frozenset(names) for own, names in by_record.items() if field in names and own != record)


def may_keep(path: str) -> bool:
    """Tells whether a path is a test's file, or one in a folder of fixtures, in a language in which records are kept."""
    return _suffix(path) in _FINDERS and (place_of(path).is_test or bool(_FIXTURES.search(path)))


def _suffix(path: str) -> str:
    return path.rpartition(".")[2].lower()


def records_kept(path: str, text: str, shape: RecordShape) -> list[Mention]:
    """Returns the lines of a file, one of those that `may_keep` records, that hold the field as a key of one.

    `word` is there where it can be replaced on its line without touching anything else.
    """
    just: Counter[int] = Counter()
    near: Counter[int] = Counter()
    for keys in _FINDERS[_suffix(path)](text):
        own = [line for name, line in keys if name == shape.field]
        if own and shape.is_just([name for name, _ in keys]):
            just.update(own)
        elif own and shape.is_near([name for name, _ in keys]):
            near.update(own)
    lines = text.split("\n")
    is_few = len(just) <= LINES_A_FILE_MAX
    found = []
    for number in sorted({*just, *near})[: LINES_A_FILE_MAX if is_few else 1]:
        line = lines[number - 1]
        word = _word(line, shape.field, just[number]) if is_few and not near[number] else ""
        found.append(Mention(Span(path, number, number), line.strip()[:EXCERPT_LENGTH_MAX], word))
    return found


def _word(line: str, field: str, count: int) -> str:
    """Returns the key as it is written, "" where the line holds it for something else, too."""
    total = len(re.findall(rf"(?<!\w){re.escape(field)}(?!\w)", line))
    written = [f'"{field}"', f"'{field}'"]
    quoted = [word for word in written if line.count(word) == count]
    if total != count:
        return ""
    return quoted[0] if quoted else field


def _json_objects(text: str) -> Iterator[Keys]:
    lines = text.split("\n")
    full = [line.strip().rstrip(",") for line in lines if line.strip()]
    is_one_a_line = len(full) > 1 and all(line[0] == "{" and line[-1] == "}" for line in full if line)
    for first, part in enumerate(lines) if is_one_a_line else [(0, text)]:
        root = parse_lines(part)
        if root is not None:
            yield from ([(name, first + line) for name, line in keys] for keys in _inside(root))


def _inside(root: Node) -> Iterator[Keys]:
    left = [root]
    while left:
        node = left.pop()
        if node.entries is not None:
            yield [(name, line) for name, line, _ in node.entries]
            left += [value for _, _, value in node.entries]
        left += node.items or []


def _python_objects(text: str) -> Iterator[Keys]:
    tree = parsed_python(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Dict):
            keys = [it for it in node.keys if isinstance(it, ast.Constant)]
            yield [(it.value, it.lineno) for it in keys if isinstance(it.value, str)]


def _yaml_objects(text: str) -> Iterator[Keys]:
    """Objects in block style, by their indentation."""
    open_: dict[int, Keys] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _YAML_KEY.match(line)
        if match is None:
            continue
        indent = len(match["indent"]) + len(match["item"])
        ended = [at for at in open_ if at > indent or (match["item"] and at > len(match["indent"]))]
        for at in ended:
            yield open_.pop(at)
        open_.setdefault(indent, []).append((match["key"], number))
    yield from open_.values()


_FINDERS: Mapping[str, Callable[[str], Iterator[Keys]]] = {
    "json": _json_objects,
    "jsonl": _json_objects,
    "ndjson": _json_objects,
    "py": _python_objects,
    "yaml": _yaml_objects,
    "yml": _yaml_objects,
}
