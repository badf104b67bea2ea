"""Reads the text of a prompt file: a head of a few keys, the stable text, and the text with places for the inputs.

    ---
    id: words
    version: 2
    inputs: rulings, evidence
    answer: words
    changes:
      2 59f1c2a07be3d844 Asks for shorter sentences.
      1 0a3f7c55d1e29b60 First version.
    ---
    The stable text, with examples in it.
    --- user ---
    {{evidence}}
    {{rulings}}

The lines below `changes`, newest first, are a version, the digest of the body as it was in it, and what changed. Whoever
overrides a prompt may leave them out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.domain.codec import digest_of_text
from copilot.domain.model import PromptSource
from copilot.domain.prompt import Prompt
from copilot.errors import WrongUsage
from copilot.planners.fence import PLACE
from copilot.planners.names import listed

TEXT_LENGTH_MAX = 64_000
USER_LINE = "--- user ---"
_KEYS = ("id", "version", "inputs", "answer", "changes")
_NEEDED = _KEYS[:-1]
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CHANGE = re.compile(r"([1-9]\d{0,5}) ([0-9a-f]{16}) (\S.*)")
_SHAPE = "Begin it with a line ---, lines `id: …`, `version: …`, `inputs: …`, `answer: …`, and another line ---."


@dataclass(frozen=True, slots=True)
class PromptChange:
    """One version of a prompt: the digest that its body had, and what was changed in it."""

    version: int
    body_digest: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt, the digest of its body (the text below the head), and its versions, newest first."""

    prompt: Prompt
    body_digest: str
    changes: tuple[PromptChange, ...]

    @property
    def unversioned(self) -> str:
        """Tells that the body is not the one that its version had, and what to write; "" where it is."""
        newest = self.changes[0] if self.changes else PromptChange(0, "", "")
        if (newest.version, newest.body_digest) == (self.prompt.version, self.body_digest):
            return ""
        following = newest.version + 1
        return (
            f'The body of prompt "{self.prompt.id}" is not that of version {self.prompt.version}. Write `version: {following}`'
            f" and, first below `changes:`, the line `  {following} {self.body_digest} what changed`."
        )


def body_digest(body: str) -> str:
    """Returns the digest of a body as a line below `changes` writes it."""
    return digest_of_text(body)[:16]


def parse_prompt(text: str, path: str, source: PromptSource) -> PromptFile:
    """Reads a prompt file; raises WrongUsage with file and line where it is not well made."""
    if len(text) > TEXT_LENGTH_MAX:
        raise WrongUsage(f"A prompt of {len(text)} characters is too long; the limit is {TEXT_LENGTH_MAX}.", where=path)
    lines = text.splitlines()
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end or lines[0].rstrip() != "---":
        raise WrongUsage("A prompt begins with a head.", where=f"{path}:1", next=_SHAPE)
    head, changes = _head(lines[1:end], path)
    version = _number(head["version"], f"{path}:{_line_of('version', lines)}")
    inputs = _inputs(head["inputs"], f"{path}:{_line_of('inputs', lines)}")
    for key in ("id", "answer"):
        if not _NAME.fullmatch(head[key]):
            raise WrongUsage(f'"{head[key]}" is no {key}.', where=f"{path}:{_line_of(key, lines)}", next=_NAMES)
    body = lines[end + 1 :]
    system, user = _parts(body, end + 2, path)
    _check_places(body, len(system), inputs, end + 2, path)
    prompt = Prompt(
        head["id"],
        version,
        inputs,
        head["answer"],
        "\n".join(system).strip(),
        "\n".join(user).strip(),
        digest_of_text(text),
        source,
    )
    return PromptFile(prompt, body_digest("\n".join(body).strip()), changes)


def as_override(text: str) -> str:
    """Returns the text of a well made prompt file as one to be edited: the next version, and nothing said of earlier ones."""
    head, end, body = text.partition("\n---")
    kept = [line for line in head.splitlines() if not line.startswith(("changes:", " "))]
    lines = [f"version: {int(line.partition(':')[2]) + 1}" if line.startswith("version:") else line for line in kept]
    return "\n".join(lines) + end + body


_NAMES = "Write small letters, digits and _, a letter first."


def _head(lines: Sequence[str], path: str) -> tuple[dict[str, str], tuple[PromptChange, ...]]:
    head: dict[str, str] = {}
    changes: list[PromptChange] = []
    key = ""
    for number, line in enumerate(lines, 2):
        where = f"{path}:{number}"
        if line.startswith(" ") and key == "changes":
            changes.append(_change(line.strip(), changes, where))
            continue
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or key not in _KEYS or key in head:
            wrong = "stands there twice" if key in head else "is not known"
            raise WrongUsage(f'"{key}" {wrong} in the head.', where=where, next=f"Its keys are {', '.join(_KEYS)}.")
        head[key] = value
    missing = [key for key in _NEEDED if key not in head]
    if missing:
        raise WrongUsage(f"The head lacks {listed(missing)}.", where=f"{path}:1", next=_SHAPE)
    return head, tuple(changes)


def _change(text: str, newer: Sequence[PromptChange], where: str) -> PromptChange:
    found = _CHANGE.fullmatch(text)
    if found is None or (newer and int(found[1]) >= newer[-1].version):
        raise WrongUsage(
            "This is no change, newest first.",
            where=where,
            next="Write a version, 16 digits of the body's digest, and what changed.",
        )
    return PromptChange(int(found[1]), found[2], found[3])


def _number(text: str, where: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise WrongUsage(f'"{text}" is no version.', where=where, next="Write a whole number from 1 on.")
    return int(text)


def _inputs(text: str, where: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    if len(set(names)) != len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise WrongUsage(f'"{text}" is no list of inputs.', where=where, next=f"Part them by commas. {_NAMES}")
    return names


def _parts(body: Sequence[str], first_line: int, path: str) -> tuple[Sequence[str], Sequence[str]]:
    at = [number for number, line in enumerate(body) if line.rstrip() == USER_LINE]
    if len(at) != 1:
        raise WrongUsage(
            f"{len(at)} lines say {USER_LINE!r}; one has to part the stable text from that of one request.",
            where=f"{path}:{first_line + at[1] if len(at) > 1 else first_line}",
        )
    system, user = body[: at[0]], body[at[0] + 1 :]
    for part, name, line in ((system, "stable text", first_line), (user, "text of a request", first_line + at[0])):
        if not "".join(part).strip():
            raise WrongUsage(f"The {name} is empty.", where=f"{path}:{line}")
    return system, user


def _check_places(body: Sequence[str], user_from: int, inputs: Sequence[str], first_line: int, path: str) -> None:
    placed: set[str] = set()
    for number, line in enumerate(body):
        where = f"{path}:{first_line + number}"
        for name in PLACE.findall(line):
            if number < user_from:
                raise WrongUsage(
                    f"The stable text has a place for {name!r}, so that it would differ from request to request.",
                    where=where,
                    next=f"Move it below the line {USER_LINE}.",
                )
            if name not in inputs:
                raise WrongUsage(f"There is no input {name!r}.", where=where, next=f"The inputs are {listed(inputs)}.")
            placed.add(name)
    unused = [name for name in inputs if name not in placed]
    if unused:
        raise WrongUsage(
            f"The text has no place for {listed(unused)}.",
            where=f"{path}:{first_line + user_from}",
            next="Write {{" + unused[0] + "}} where it belongs, or take it out of `inputs`.",
        )


def _line_of(key: str, lines: Sequence[str]) -> int:
    return next(number for number, line in enumerate(lines, 1) if line.partition(":")[0].strip() == key)
