"""What `copilot.toml` at the root of the user's repository says; everything in it is optional.

Read from the commit that is worked on, never from the working tree of another one. Where requests and credentials go is the
user's own environment, never this file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast, get_args

from copilot.domain.pipeline import Objective
from copilot.domain.schema import Level
from copilot.domain.source import Span
from copilot.errors import WrongUsage

SETTINGS_PATH = "copilot.toml"
DEFAULT_LEVEL: Level = "BACKWARD"
DEFAULT_RECORDS_FOLDER = "docs/decisions"
_TABLES = {"compatibility", "decisions", "commands", "objectives", "owners"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one repository. `levels` are (subject pattern, level, line), first match wins."""

    levels: tuple[tuple[str, Level, int], ...] = ()
    records_folder: str = DEFAULT_RECORDS_FOLDER
    test_commands: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()

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
        if name not in _TABLES:
            known = ", ".join(sorted(_TABLES))
            raise _wrong(text, name, f'copilot.toml has no table "{name}".', f"Use one of {known}.")
    decisions = _table(tables, "decisions", text)
    return Settings(
        levels=tuple(_levels(_table(tables, "compatibility", text), text)),
        records_folder=_folder(decisions.get("folder", DEFAULT_RECORDS_FOLDER), text),
        test_commands=_strings(_table(tables, "commands", text).get("test", []), "test", text),
        objectives=tuple(_objectives(_table(tables, "objectives", text), text)),
        owners=tuple(sorted((str(name), str(who)) for name, who in _table(tables, "owners", text).items())),
    )


def _levels(table: dict[str, Any], text: str) -> list[tuple[str, Level, int]]:
    levels: list[tuple[str, Level, int]] = []
    for pattern, level in table.items():
        if level not in get_args(Level):
            raise _wrong(
                text, pattern, f'"{level}" is not a compatibility level.', f"Use one of {', '.join(get_args(Level))}."
            )
        levels.append((pattern, cast(Level, level), _line_of(text, pattern)))
    return sorted(levels, key=lambda entry: (entry[0] == "*", "*" in entry[0], entry[2]))


def _objectives(table: dict[str, Any], text: str) -> list[Objective]:
    objectives: list[Objective] = []
    for name, entry in table.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise _wrong(
                text,
                name,
                f'Objective "{name}" needs a text.',
                'Write [objectives.NAME] with text = "..." and about = "topic".',
            )
        line = _line_of(text, name)
        objectives.append(Objective(name, str(entry.get("about", "")), entry["text"], Span(SETTINGS_PATH, line, line)))
    return objectives


def _table(tables: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(text, name, f'"{name}" must be a table.', f"Write [{name}] and its entries below.")
    return table


def _strings(value: Any, name: str, text: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(text, name, f'"{name}" must be a string or a list of strings.', "Put each command in quotes.")
    return tuple(value)


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
