"""A case: a small repository, what is asked of it, and what is true about the answer. Cases are TOML files, one each.

What is true is written down by hand and judged by execution: the program of the repository runs before and after the change.
Nothing of it is shown to the planner.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from copilot.errors import WrongUsage

Answer = Literal["proposal", "question", "refusal", "pair"]
Family = Literal["hand-made", "generated"]
CASE_SUFFIX = ".toml"
_KIND = re.compile(r"K([1-9]|1\d|2[01])")
_TOP = (
    "pair",
    "title",
    "kinds",
    "traps",
    "family",
    "request",
    "operation",
    "why",
    "source",
    "repository",
    "expect",
    "tags",
)
_EXPECT = (
    "answer", "operations", "affected", "acceptable", "never", "says", "candidates", "values", "stakes", "outputs_change",
    "absent", "backward", "forward", "seen",
)  # fmt: skip
_SHAPE = "evals/README.md describes the form of a case."


@dataclass(frozen=True, slots=True)
class Value:
    """A value that must be in what a consumer decodes at the end: from the input of that number, at the path."""

    flow: str
    input: int
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class PairTruth:
    """Two schemas, and what is known of them: whether the rules let the new one read the old one's data and the reverse.

    `seen` holds what decoders were seen to make of one record, by direction ("backward", "forward") and decoder: "yes", "no" or
    "wrong-value". What is predicted of all records can't be better than what was seen of one.
    """

    old: str
    new: str
    backward: bool
    forward: bool
    seen: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true. Where the answer is a question, `candidates` must be among those offered; `says` are words of the answer, be it
    the decision record of a proposal.

    `acceptable` and `never` are kinds of alternatives, as their ids begin. `affected` are files that have to change, at least.
    `absent` are texts that must stand nowhere in what the copilot says or changes.
    """

    answer: Answer
    operations: tuple[Mapping[str, Any], ...]
    affected: tuple[str, ...]
    acceptable: tuple[str, ...]
    never: tuple[str, ...]
    says: tuple[str, ...]
    candidates: tuple[str, ...]
    values: tuple[Value, ...]
    stakes: str
    outputs_change: bool
    absent: tuple[str, ...]
    pair: PairTruth | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `files` are put over the base repository as its last commit (None: removed); `path` is the case's own file."""

    id: str
    title: str
    kinds: tuple[str, ...]
    traps: tuple[int, ...]
    tags: tuple[str, ...]
    family: Family
    request: str
    operation: str
    why: str
    source: str
    base: str
    files: tuple[tuple[str, str | None], ...]
    truth: Truth
    path: str
    keeps_for_ever: bool = False
    """The topics of the base repository keep every record, whatever a gate waits for."""
    words: tuple[tuple[str, str], ...] = ()
    """Whole words that stand for others in the base repository and its flows, of a case that is another one in other words."""


class BrokenCase(WrongUsage):
    """A case that can't be read: a failure of that case alone."""


def read_case(path: Path, root: Path) -> Case:
    """Reads one case; its id is its path below `root`. Raises BrokenCase."""
    id = path.relative_to(root).with_suffix("").as_posix()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenCase(f"The case can't be read: {error}.", where=path, next=_SHAPE) from None
    try:
        return case_of(id, table, path.as_posix())
    except (KeyError, TypeError, ValueError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise BrokenCase(f"The case is not well made: {what}.", where=path, next=_SHAPE) from None


def case_of(id: str, table: Mapping[str, Any], path: str) -> Case:
    """Returns the case that a table describes; raises KeyError, TypeError or ValueError where it is not well made."""
    _only(table, _TOP, "the case")
    expect = table["expect"]
    repository: Mapping[str, Any] = table["repository"] if expect["answer"] != "pair" else {"base": ""}
    _only(repository, ("base", "files", "removed", "keeps_for_ever"), "[repository]")
    _only(expect, _EXPECT, "[expect]")
    kinds = tuple(table["kinds"])
    if wrong := [kind for kind in kinds if not _KIND.fullmatch(kind)]:
        raise ValueError(f"{wrong[0]!r} is no kind of change")
    files = {name: str(text) for name, text in repository.get("files", {}).items()}
    removed = dict.fromkeys(repository.get("removed", ()))
    operation = table.get("operation")
    if expect["answer"] != "pair" and not table.get("request", "").strip() and operation is None:
        raise ValueError("it asks for nothing")
    return Case(
        id=id,
        title=str(table["title"]),
        kinds=kinds,
        traps=tuple(int(it) for it in table.get("traps", ())),
        tags=tuple(table.get("tags", ())),
        family=_one_of(table["family"], Family),
        request=table.get("request", ""),
        operation=json.dumps(operation) if operation is not None else "",
        why=str(table["why"]),
        source=str(table["source"]),
        base=str(repository["base"]),
        files=tuple(sorted({**files, **removed}.items())),
        truth=_truth(expect, table.get("pair")),
        keeps_for_ever=bool(repository.get("keeps_for_ever", False)),
        path=path,
    )


def _truth(expect: Mapping[str, Any], pair: Mapping[str, Any] | None) -> Truth:
    answer = cast(Answer, _one_of(expect["answer"], Answer))
    acceptable = _texts(expect, "acceptable")
    if answer == "proposal" and not (acceptable and expect.get("operations")):
        raise ValueError("a proposal needs operations and acceptable alternatives")
    if (answer == "pair") != (pair is not None):
        raise ValueError('[pair] and the answer "pair" belong together')
    if answer in ("question", "refusal") and not (_texts(expect, "says") or _texts(expect, "candidates")):
        raise ValueError("a question or a refusal needs what it says, or candidates")
    # TOML has no null, so what may hold one is JSON text.
    values = [json.loads(text) for text in _texts(expect, "values")]
    return Truth(
        answer=answer,
        operations=tuple(json.loads(text) for text in _texts(expect, "operations")),
        affected=_texts(expect, "affected"),
        acceptable=acceptable,
        never=_texts(expect, "never"),
        says=_texts(expect, "says"),
        candidates=_texts(expect, "candidates"),
        values=tuple(Value(it["flow"], int(it.get("input", 0)), it["path"], it["value"]) for it in values),
        stakes=str(expect.get("stakes", "")),
        outputs_change=bool(expect.get("outputs_change", False)),
        absent=_texts(expect, "absent"),
        pair=_pair(pair, expect) if pair else None,
    )


def _pair(pair: Mapping[str, Any], expect: Mapping[str, Any]) -> PairTruth:
    table: Mapping[str, Mapping[str, str]] = expect.get("seen", {})
    seen = tuple(
        (direction, decoder, found) for direction in table for decoder, found in sorted(table[direction].items())
    )
    return PairTruth(str(pair["old"]), str(pair["new"]), bool(expect["backward"]), bool(expect["forward"]), seen)


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(it, str) for it in found):
        raise TypeError(f"{key!r} must be a list of texts")
    return tuple(found)


def _only(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = [key for key in table if key not in known]
    if unknown:
        raise ValueError(f"{where} has a key {unknown[0]!r} that is not known")


def _one_of(value: Any, hint: Any) -> Any:
    if value not in get_args(hint):
        raise ValueError(f"{value!r} is none of {', '.join(get_args(hint))}")
    return value
