"""What `copilot.toml` at the root of the user's repository says; everything in it is optional.

Read from the commit that is worked on, never from the working tree of another one. Where requests and credentials go is the
user's own environment, never this file.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast, get_args

from copilot.domain.approving import NO_RULE, PEOPLE_MAX, ApprovalRule
from copilot.domain.clones import EXTERNAL, Clone, Consumer
from copilot.domain.levels import DEFAULT_LEVEL, Level
from copilot.domain.pipeline import Objective, Retention
from copilot.domain.samples import SampleFiles
from copilot.domain.sinks import Loader, Sink
from copilot.domain.source import Gap, Span
from copilot.errors import WrongUsage

SETTINGS_PATH = "copilot.toml"
DEFAULT_RECORDS_FOLDER = "docs/decisions"
FOR_EVER = "forever"
_TABLES = {
    "approval", "clones", "compatibility", "consumers", "decisions", "commands", "gates", "objectives", "owners", "samples",
    "sinks", "topics",
}  # fmt: skip
_IGNORED = {"anthropic", "claude", "llm", "model", "models"}
"""Tables that say where requests would go: that is for each person's own settings, so what a repository says is not read."""
_APPROVAL_KEYS = ("people", "high", "subjects", "signers")
_CLONE_KEYS = ("path", "commit", "owner")
_CONSUMER_KEYS = ("subject", "topic", "schema", "decoder", "owner")
_SINK_KEYS = ("loader", "subject", "topic", "owner")
_TOPIC_KEYS = ("retention_days", "compacted")
_OBJECTIVE_KEYS = ("about", "text")
_GATE_KEYS = ("command", "holds", "days")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class GateSettings:
    """How the gate of a phase of that name is shown to hold, and how many days its state should last at most, None where not said.

    `command` is run in a sandbox where a person allows it; `holds` are conditions on the result of a query.
    """

    phase: str
    command: str
    holds: tuple[str, ...]
    days: float | None
    span: Span


@dataclass(frozen=True, slots=True, order=True)
class JobOwner:
    """Whom to ask about the job of that name."""

    job: str
    owner: str
    span: Span


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one repository. `levels` are (subject pattern, level, line), first match wins.

    `ignored` are the tables that a repository has no say in.
    """

    levels: tuple[tuple[str, Level, int], ...] = ()
    records_folder: str = DEFAULT_RECORDS_FOLDER
    test_commands: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    owners: tuple[JobOwner, ...] = ()
    clones: tuple[Clone, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    retentions: tuple[Retention, ...] = ()
    gates: tuple[GateSettings, ...] = ()
    sinks: tuple[Sink, ...] = ()
    samples: tuple[SampleFiles, ...] = ()
    approval: ApprovalRule = NO_RULE
    ignored: tuple[Gap, ...] = ()

    def gate_of(self, phase: str) -> GateSettings | None:
        """Returns what is said of the gate of a phase of that name, None where nothing is."""
        return next((it for it in self.gates if it.phase == phase), None)

    def level_of(self, subject: str) -> tuple[Level, str]:
        """Returns the level that a subject must keep, and where that was read."""
        for pattern, level, line in self.levels:
            if fnmatchcase(subject, pattern):
                return level, f"{SETTINGS_PATH}:{line}"
        return DEFAULT_LEVEL, "assumed"


def read_settings(text: str) -> Settings:
    """Returns the settings in a `copilot.toml`; raises WrongUsage with the line of what can't be understood."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongUsage(f"copilot.toml is not valid TOML: {error}", where=SETTINGS_PATH) from None
    for name in tables:
        if name not in _TABLES | _IGNORED:
            known = ", ".join(sorted(_TABLES))
            raise _wrong(text, name, f'copilot.toml has no table "{name}".', f"Use one of {known}.")
    decisions = _keyed(tables, "decisions", ("folder",), text)
    return Settings(
        levels=tuple(_levels(_table(tables, "compatibility", text), text)),
        records_folder=_folder(decisions.get("folder", DEFAULT_RECORDS_FOLDER), text),
        test_commands=_strings(_keyed(tables, "commands", ("test",), text).get("test", []), "test", text),
        objectives=tuple(_objectives(_table(tables, "objectives", text), text)),
        owners=tuple(sorted(_owners(_table(tables, "owners", text), text))),
        clones=tuple(_clones(_table(tables, "clones", text), text)),
        consumers=tuple(_consumers(_table(tables, "consumers", text), text)),
        retentions=tuple(_retentions(_table(tables, "topics", text), text)),
        gates=tuple(_gates(_table(tables, "gates", text), text)),
        samples=tuple(_samples(_table(tables, "samples", text), text)),
        sinks=tuple(_sinks(_table(tables, "sinks", text), text)),
        approval=_approval(_keyed(tables, "approval", _APPROVAL_KEYS, text), text),
        ignored=tuple(_ignored(name, text) for name in tables if name in _IGNORED),
    )


def _ignored(name: str, text: str) -> Gap:
    heading = re.compile(rf"""\s*\[*\s*["']?{name}\b""")
    line = next((number for number, line in enumerate(text.splitlines(), 1) if heading.match(line)), 1)
    reason = f"[{name}] is ignored: which model is asked, and where, is for your own settings (docs/models.md)"
    return Gap(Span(SETTINGS_PATH, line, line), reason)


def _approval(table: dict[str, Any], text: str) -> ApprovalRule:
    if not table:
        return NO_RULE
    subjects, signers = table.get("subjects", {}), table.get("signers", "")
    for key, value, kind, shape in (
        ("subjects", subjects, dict, 'Write [approval.subjects] and below it for example "payment*" = 2.'),
        ("signers", signers, str, 'Write signers = "allowed_signers".'),
    ):
        if not isinstance(value, kind):
            where = f"{SETTINGS_PATH}:{_line_of_key(text, 'approval', key)}"
            raise WrongUsage(f'"{key}" in approval is not understood.', where=where, next=shape)
    named = tuple((name, _people(count, name, "approval.subjects", text)) for name, count in subjects.items())
    people, high = (_people(table.get(key, 1), key, "approval", text) for key in ("people", "high"))
    line = _line_of_key(text, "approval", next(iter(table)))
    inside = _inside(signers, text) if signers else ""
    return ApprovalRule(people, high, named, inside, Span(SETTINGS_PATH, line, line))


def _people(count: Any, key: str, table: str, text: str) -> int:
    if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= PEOPLE_MAX:
        return count
    where = f"{SETTINGS_PATH}:{_line_of_key(text, table, key)}"
    next = f"Write a whole number from 1 to {PEOPLE_MAX}; 1 asks for no signatures."
    raise WrongUsage(
        f'"{key}" in {table} must say how many people approve, and {count!r} does not.', where=where, next=next
    )


def _levels(table: dict[str, Any], text: str) -> list[tuple[str, Level, int]]:
    levels: list[tuple[str, Level, int]] = []
    for pattern, level in table.items():
        if level not in get_args(Level):
            raise _wrong(
                text, pattern, f'"{level}" is not a compatibility level.', f"Use one of {', '.join(get_args(Level))}."
            )
        levels.append((pattern, cast(Level, level), _line_of_key(text, "compatibility", pattern)))
    return sorted(levels, key=lambda entry: (entry[0] == "*", "*" in entry[0], entry[2]))


def _objectives(table: dict[str, Any], text: str) -> list[Objective]:
    objectives: list[Objective] = []
    for name, entry in table.items():
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("text"), str)
            or not isinstance(entry.get("about", ""), str)
            or not set(entry) <= set(_OBJECTIVE_KEYS)
        ):
            raise _wrong(
                text,
                name,
                f'Objective "{name}" needs a text, and may say what it is about.',
                'Write [objectives.NAME] with text = "..." and about = "topic".',
            )
        line = _line_of(text, name)
        objectives.append(Objective(name, entry.get("about", ""), entry["text"], Span(SETTINGS_PATH, line, line)))
    return objectives


def _clones(table: dict[str, Any], text: str) -> Iterator[Clone]:
    for name in sorted(table):
        entry, span = _entry(table, "clones", name, _CLONE_KEYS, text)
        if not entry["path"]:
            raise WrongUsage(f'Clone "{name}" needs a path.', where=span, next='Write path = "../folder".')
        if entry["path"].startswith(("/", "~")) or "\\" in entry["path"] or "\0" in entry["path"]:
            raise WrongUsage(
                f'The path of clone "{name}" must be the same for everybody who works here.',
                where=span,
                next='Write it relative to the repository\'s top folder, with "/", as in "../billing".',
            )
        yield Clone(name, entry["path"], entry["commit"], entry["owner"], span)


def _consumers(table: dict[str, Any], text: str) -> Iterator[Consumer]:
    for name in sorted(table):
        entry, span = _entry(table, "consumers", name, _CONSUMER_KEYS, text)
        if not entry["subject"] and not entry["topic"]:
            what = f'Consumer "{name}" needs the subject or the topic that it reads.'
            raise WrongUsage(what, where=span, next='Write subject = "...", or topic = "...".')
        schema = _inside(entry["schema"], text) if entry["schema"] else ""
        yield Consumer(name, entry["subject"], entry["topic"], schema, entry["decoder"], entry["owner"], span)


def _samples(table: dict[str, Any], text: str) -> Iterator[SampleFiles]:
    for subject in sorted(table):
        line = _line_of_key(text, "samples", subject)
        for pattern in _strings(table[subject], subject, text):
            yield SampleFiles(subject, _inside(pattern, text), Span(SETTINGS_PATH, line, line))


def _sinks(table: dict[str, Any], text: str) -> Iterator[Sink]:
    for name in sorted(table):
        entry, span = _entry(table, "sinks", name, _SINK_KEYS, text)
        if entry["loader"] not in get_args(Loader):
            next = f"Write loader = one of {', '.join(get_args(Loader))}."
            raise WrongUsage(f'Sink "{name}" needs a loader that is known.', where=span, next=next)
        if not entry["subject"] and not entry["topic"]:
            what = f'Sink "{name}" needs the subject or the topic that it is loaded from.'
            raise WrongUsage(what, where=span, next='Write subject = "...", or topic = "...".')
        yield Sink(name, cast(Loader, entry["loader"]), entry["subject"], entry["topic"], entry["owner"], span)


def _entry(
    table: dict[str, Any], kind: str, name: str, keys: tuple[str, ...], text: str
) -> tuple[dict[str, str], Span]:
    """Returns a named entry, "" for what it does not say, and where it stands."""
    line = _line_of_entry(text, kind, name)
    where, span = f"{SETTINGS_PATH}:{line}", Span(SETTINGS_PATH, line, line)
    entry = table[name]
    if not _PLAIN_NAME.fullmatch(name) or (kind == "clones" and name == EXTERNAL):
        next = f'Use letters, digits, ".", "_" and "-" only, and not "{EXTERNAL}".'
        raise WrongUsage(f'"{name}" can\'t be a name in {kind}.', where=where, next=next)
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        known = ", ".join(keys)
        what = f'"{name}" in {kind} must be a table of strings.'
        raise WrongUsage(what, where=where, next=f"Write [{kind}.{name}] and below it any of {known}.")
    unknown = [key for key in entry if key not in keys]
    if unknown:
        what = f'[{kind}.{name}] has no key "{unknown[0]}".'
        raise WrongUsage(what, where=where, next=f"Use {', '.join(keys)}.")
    return {key: entry.get(key, "").strip() for key in keys}, span


def _line_of_entry(text: str, kind: str, name: str) -> int:
    """Returns the line of the entry's heading, or of its name where it is written inside another table."""
    heading = re.compile(rf"""^\s*\[\s*{kind}\s*\.\s*["']?{re.escape(name)}["']?\s*\]""")
    lines = text.splitlines()
    found = next((number for number, line in enumerate(lines, 1) if heading.match(line)), 0)
    return found or _line_of(text, name)


def _line_of_key(text: str, kind: str, name: str) -> int:
    """Returns the line of a key of a table, which may stand in others before."""
    heading, key = re.compile(r"\s*\[\s*([\w.-]+)\s*\]"), re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*=""")
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if opened := heading.match(line):
            table = opened[1]
        elif table == kind and key.match(line):
            return number
    return _line_of(text, name)


def _retentions(table: dict[str, Any], text: str) -> list[Retention]:
    found: list[Retention] = []
    for topic, entry in table.items():
        shape = (
            f'Write [topics."{topic}"] with retention_days = 7, or retention_days = "{FOR_EVER}", or compacted = true.'
        )
        if not isinstance(entry, dict):
            raise _wrong(text, topic, f'Topic "{topic}" needs a table of its own.', shape)
        for key in entry:
            if key not in _TOPIC_KEYS:
                raise _wrong(text, key, f'Topic "{topic}" has an entry "{key}" that is not known.', shape)
        days = entry.get("retention_days")
        is_number = isinstance(days, int | float) and not isinstance(days, bool) and 0 < days < float("inf")
        # Kafka itself says -1 for "no limit".
        if not (is_number or days in (None, FOR_EVER, -1)) or not isinstance(entry.get("compacted", False), bool):
            raise _wrong(text, topic, f'How long topic "{topic}" keeps records is not understood.', shape)
        if entry.get("compacted") or days is not None:
            line = _line_of_entry(text, "topics", topic)
            kept = days if is_number and not entry.get("compacted") else None
            found.append(Retention(topic, kept, Span(SETTINGS_PATH, line, line), bool(entry.get("compacted"))))
    return sorted(found, key=lambda one: one.topic)


def _gates(table: dict[str, Any], text: str) -> Iterator[GateSettings]:
    for phase, entry in sorted(table.items()):
        shape = f'Write [gates."{phase}"] and below it any of {", ".join(_GATE_KEYS)}.'
        if not isinstance(entry, dict) or not set(entry) <= set(_GATE_KEYS):
            raise _wrong(text, phase, f'The gate of "{phase}" is not understood.', shape)
        days = entry.get("days")
        is_number = isinstance(days, int | float) and not isinstance(days, bool) and 0 < days < float("inf")
        if not isinstance(entry.get("command", ""), str) or not (days is None or is_number):
            raise _wrong(
                text, phase, f'The gate of "{phase}" needs a command as a string, and days as a number.', shape
            )
        line = _line_of_entry(text, "gates", phase)
        holds = _strings(entry.get("holds", []), "holds", text)
        yield GateSettings(phase, entry.get("command", "").strip(), holds, days, Span(SETTINGS_PATH, line, line))


def _table(tables: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(text, name, f'"{name}" must be a table.', f"Write [{name}] and its entries below.")
    return table


def _strings(value: Any, name: str, text: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(text, name, f'"{name}" must be a string or a list of strings.', "Put each of them in quotes.")
    return tuple(value)


def _keyed(tables: dict[str, Any], name: str, keys: tuple[str, ...], text: str) -> dict[str, Any]:
    """Returns a table that knows these keys only."""
    table = _table(tables, name, text)
    for key in table:
        if key not in keys:
            raise _wrong(text, key, f'[{name}] has no key "{key}".', f"Use {', '.join(keys)}.")
    return table


def _owners(table: dict[str, Any], text: str) -> Iterator[JobOwner]:
    for job, owner in table.items():
        if not isinstance(owner, str):
            raise _wrong(text, job, f'The owner of "{job}" must be a string.', f'Write {job} = "who@example.com".')
        line = _line_of_key(text, "owners", job)
        yield JobOwner(job, owner, Span(SETTINGS_PATH, line, line))


def _inside(path: str, text: str) -> str:
    """Returns the path, or pattern of paths, of files that the repository itself holds."""
    plain = posixpath.normpath(path)
    if plain.startswith(("/", "~")) or plain == ".." or plain.startswith("../"):
        next = "Write it relative to the repository's top folder; files outside of it are never read."
        raise _wrong(text, path, f'"{path}" lies outside of the repository.', next)
    return plain


def _folder(value: Any, text: str) -> str:
    if (
        not isinstance(value, str)
        or value.startswith(("/", ".git"))
        or ".." in value.split("/")
        or not value.strip("/")
    ):
        raise _wrong(
            text,
            "folder",
            f'"{value}" is not a folder inside the repository.',
            "Write a relative path such as docs/decisions.",
        )
    return value.strip("/")


def _line_of(text: str, word: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if word in line:
            return number
    return 1


def _wrong(text: str, word: str, what: str, next: str) -> WrongUsage:
    return WrongUsage(what, where=f"{SETTINGS_PATH}:{_line_of(text, word)}", next=next)
