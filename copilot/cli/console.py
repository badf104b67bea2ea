"""Where the command line prints: results to standard output, progress and errors to standard error, never mixed.

Everything printed is made visible first: text of a repository can carry control and bidi characters, and a terminal obeys them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from copilot.domain.visible import visible
from copilot.errors import CopilotError


class Console:
    """Prints lines; `is_quiet` keeps progress silent, `is_live` says that a line of progress can be written over."""

    def __init__(
        self, results: TextIO, progress: TextIO, *, is_quiet: bool = False, is_live: bool = False, columns: int = 80
    ) -> None:
        self._results = results
        self._progress = progress
        self.is_quiet = is_quiet
        self.is_live = is_live
        self._columns = columns
        self._has_live_line = False

    def print(self, text: str = "") -> None:
        """Prints a result, which may have several lines."""
        self._clear()
        for line in text.split("\n"):
            self._results.write(visible(line) + "\n")

    def print_json(self, value: Any) -> None:
        """Prints a JSON value, in ASCII: every other character is an escape, which programs read and terminals don't obey.

        A member of the value takes a line, and where it is a list, each of its items: good to read, to search by line, and four
        times as fast as indenting everything, which only Python's slow encoder can.
        """
        self._clear()
        text = _members(value) if isinstance(value, dict) else json.dumps(value)
        self._results.write(text.replace("\x7f", "\\u007f") + "\n")

    def print_line(self, value: Any) -> None:
        """Prints a JSON value on one line, in ASCII."""
        self._results.write(json.dumps(value).replace("\x7f", "\\u007f") + "\n")

    def note(self, text: str) -> None:
        """Prints one line of progress at once, so that a watcher sees it while the work goes on; nothing for ""."""
        if text and not self.is_quiet:
            self._clear()
            self._progress.write(visible(text, keep="\t") + "\n")
            self._progress.flush()

    def live(self, text: str) -> None:
        """Writes a line of progress over the one before; whatever is printed next takes its place. Nothing for ""."""
        if text and self.is_live and not self.is_quiet:
            self._clear()
            self._progress.write(visible(text)[: self._columns - 1])
            self._progress.flush()
            self._has_live_line = True

    def _clear(self) -> None:
        if self._has_live_line:
            self._progress.write("\r\x1b[K")
            self._progress.flush()
            self._has_live_line = False

    def report(self, error: CopilotError) -> None:
        """Prints what happened, where, and what to do next."""
        self._clear()
        for line in str(error).split("\n"):
            self._progress.write(visible(line) + "\n")
        self._progress.flush()

    def flush(self) -> None:
        self._results.flush()


def _members(value: dict[str, Any]) -> str:
    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {_items(member)}" for key, member in value.items()) + "\n}"


def _items(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(f"    {json.dumps(item)}" for item in value) + "\n  ]"


def standard_console() -> Console:
    """Returns the console of this process; a character that its encoding lacks becomes an escape, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    is_live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return Console(sys.stdout, sys.stderr, is_live=is_live, columns=shutil.get_terminal_size().columns)


def is_served(environment: Mapping[str, str] = os.environ) -> bool:
    """Tells whether the screen is drawn for a browser, by `textual serve`: it only shows then, for anybody may sit there."""
    return environment.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def has_terminal(environment: Mapping[str, str] = os.environ) -> bool:
    """Tells whether a screen can be opened: for a browser, or both ends are a terminal, and one that can move its cursor."""
    if is_served(environment):
        return True
    return sys.stdin.isatty() and sys.stdout.isatty() and environment.get("TERM", "dumb") != "dumb"
