"""Cases that are others in other words: every name is replaced whole, wherever it stands, and what is right stays right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from copilot.errors import WrongUsage
from copilot.evaluation.case import Case, Truth, Value

FAMILIES_FILE = "families.toml"
Words = tuple[tuple[str, str], ...]


def in_words(words: Words) -> Callable[[str], str]:
    """Returns what puts the words into a text; "-", "." and "/" end a word, letters, digits and "_" don't."""
    table = dict(words)
    if not table:
        return lambda text: text
    pattern = re.compile(r"(?<![A-Za-z0-9_])(" + "|".join(map(re.escape, table)) + r")(?![A-Za-z0-9_])")
    return lambda text: pattern.sub(lambda found: table[found[0]], text)


def generated(suite: Path, cases: Iterable[Case]) -> Iterator[Case]:
    """Yields the cases of all families; raises WrongUsage where they can't be read."""
    path = suite / FAMILIES_FILE
    if not path.exists():
        return
    try:
        families: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))["families"]
        told = [(name, str(it["of"]), tuple(it["words"].items())) for name, it in families.items()]
    except (OSError, KeyError, AttributeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"The families of cases can't be read: {error!r}.", where=path) from None
    known = tuple(cases)
    for name, of, words in told:
        for case in known:
            if case.id.startswith(f"{of}/") and case.base != "example":
                yield said_otherwise(case, f"{name}/{case.id.removeprefix(f'{of}/')}", words)


def said_otherwise(case: Case, id: str, words: Words) -> Case:
    """Returns the case in other words."""
    say = in_words(words)
    return replace(
        case,
        id=id,
        family="generated",
        request=say(case.request),
        operation=say(case.operation),
        files=tuple((say(path), text if text is None else say(text)) for path, text in case.files),
        truth=_truth(case.truth, say),
        words=words,
    )


def _truth(truth: Truth, say: Callable[[str], str]) -> Truth:
    def told(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(say, texts))

    return replace(
        truth,
        operations=tuple(_said(it, say) for it in truth.operations),
        affected=told(truth.affected),
        says=told(truth.says),
        candidates=told(truth.candidates),
        values=tuple(Value(say(it.flow), it.input, say(it.path), _said(it.value, say)) for it in truth.values),
    )


def _said(value: Any, say: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        # The kind of an operation is no name of the repository.
        return {key: inner if key == "op" else _said(inner, say) for key, inner in value.items()}
    if isinstance(value, list):
        return [_said(inner, say) for inner in value]
    return say(value) if isinstance(value, str) else value
