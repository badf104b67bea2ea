"""Where does the name of a topic, a record or a symbol stand as a word of its own, in any file of the tree?

That of a field, which is a word of every day as often as not, is looked for only where tests keep whole records as data.

The map leads to the place where a job's topic is written; scripts, dashboards, runbooks and other languages hold the name too.
Nothing is claimed about what such a place does with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from copilot.domain.keyed import keyed_by
from copilot.domain.mention import Mention, is_distinctive, whole_words
from copilot.domain.operation import (
    ChangeLevel,
    ChangeType,
    MergeTopics,
    Operation,
    ProtectField,
    RekeyTopic,
    RenameField,
    RenameRecord,
    RenameSymbol,
    RenameTopic,
    SplitTopic,
    old_topics,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import SourceFile, Span
from copilot.impact.kept_records import EXCERPT_LENGTH_MAX, may_keep, records_kept, shape_of
from copilot.impact.words import Words, normal
from copilot.ports import Index, Tree
from copilot.settings import SETTINGS_PATH

MENTIONS_MAX = 400


def mentions_of(
    operation: Operation, pipeline: PipelineMap, tree: Tree, index: Index, passed_over: tuple[str, ...] = ()
) -> tuple[Mention, ...]:
    """Returns the places in the order of paths and lines, at most `MENTIONS_MAX`; () for operations that rename nothing.

    Files whose path begins as `passed_over` says are left out.
    """
    if isinstance(operation, ChangeLevel):
        return _settings(tree)
    patterns = _patterns(operation, pipeline)
    shape = shape_of(operation, pipeline) if isinstance(operation, RenameField | ChangeType) else None
    names = [shape.field] if shape else list(patterns)
    found: list[Mention] = []
    for file in files_holding(names, tree, index, passed_over, may_keep if shape else bool):
        found += records_kept(file.path, file.text, shape) if shape else _in_text(file.path, file.text, patterns)
    return tuple(found[:MENTIONS_MAX])


def files_holding(
    names: list[str], tree: Tree, index: Index, passed_over: tuple[str, ...], is_asked: Callable[[str], bool]
) -> Iterator[SourceFile]:
    """Yields the files that may hold one of the names, in the order of their paths."""
    words = [{normal(word) for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", name)} - {""} for name in names]
    if not words:
        return
    held_by = Words(tree, index).each()
    paths = [path for path, held in held_by if any(_may_hold(held, wanted) for wanted in words)]
    read = tree.read(sorted(path for path in paths if not path.startswith(passed_over) and is_asked(path)))
    yield from (file for _, file in sorted(read.items()) if isinstance(file, SourceFile))


def _settings(tree: Tree) -> tuple[Mention, ...]:
    """The lines of the settings, where a level stands."""
    file = tree.read([SETTINGS_PATH]).get(SETTINGS_PATH)
    lines = file.text.split("\n") if isinstance(file, SourceFile) else []
    told = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    return tuple(
        Mention(Span(SETTINGS_PATH, number, number), line[:EXCERPT_LENGTH_MAX]) for number, line in told[:MENTIONS_MAX]
    )


def _may_hold(held: bytes, wanted: set[str]) -> bool:
    small = held.lower().translate(None, b"_-$")
    return all(word.encode() in small for word in wanted)


def _is_meant(name: str, line: str, path: str) -> bool:
    """Tells a name from a word of every day: `correction` is a topic as a whole text or value, or where topics are named."""
    is_text = f'"{name}"' in line or f"'{name}'" in line
    if path.endswith(".py"):
        return is_text or (is_distinctive(name) and ('"' in line or "'" in line))
    is_value = re.search(rf"[:=]\s*{re.escape(name)}\s*$", line) is not None
    return is_distinctive(name) or is_text or is_value or "topic" in line.lower()


def _patterns(operation: Operation, pipeline: PipelineMap) -> dict[str, re.Pattern[str]]:
    match operation:
        case RenameTopic() | RekeyTopic() | SplitTopic() | MergeTopics():
            return {topic: whole_words(topic) for topic in old_topics(operation)}
        case ProtectField(how="tokenise"):
            # Only a topic that is keyed by the field can get a successor of that name.
            return {topic: whole_words(topic) for topic in keyed_by(operation, pipeline)}
        case RenameRecord():
            old = operation.record or pipeline.subject(operation.subject).latest.name
            short = old.rpartition(".")[2]
            # The short name alone is a word of every day; as a text of its own it may be a branch of a union, or a subject.
            own = {} if short == old else {short: re.compile(rf"""(?<=["']){re.escape(short)}(?=["'])""")}
            return {old: whole_words(old), **(own if operation.to.rpartition(".")[2] != short else {})}
        case RenameSymbol():
            return {operation.symbol: re.compile(rf"""(?<=["']){re.escape(operation.symbol)}(?=["'])""")}
    return {}


def _in_text(path: str, text: str, patterns: dict[str, re.Pattern[str]]) -> Iterator[Mention]:
    for number, line in enumerate(text.split("\n"), 1):
        if any(pattern.search(line) and _is_meant(name, line, path) for name, pattern in patterns.items()):
            yield Mention(Span(path, number, number), line.strip()[:EXCERPT_LENGTH_MAX])
