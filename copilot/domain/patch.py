"""Exact changes to files, as bytes that a person can approve."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.source import Span


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after; None where it does not exist. Texts keep their own line ends."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Patch:
    """The change from the base commit to the state after phase `phase` (counted from 0); `changes` sorted by path.

    `diff` is a unified diff that `git apply` takes; `digest` covers base and changes.
    """

    alternative: str
    phase: int
    base: str
    changes: tuple[FileChange, ...]
    diff: str
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an alternative could not be compiled to a patch."""

    alternative: str
    what: str
    where: Span | None
    next: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """One run of changed lines of a patch; a person can leave it out, or lines of it, or write it anew.

    `id` is "path@@N", N counting from 1 in the file. `lines` carry their "+", "-" or " " and no line ends.
    """

    id: str
    path: str
    header: str
    first_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HunkEdit:
    """A hunk as a person wrote it anew, `lines` as in `Hunk`: its " " and "-" lines are those of the base, in the same order."""

    hunk: str
    lines: tuple[str, ...]
