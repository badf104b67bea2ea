"""From a claim that a model makes about the pipeline to one that a check can hold against the map; its names must be the map's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from copilot.domain.pipeline import PipelineMap
from copilot.domain.precondition import AlwaysFilled, Kept, NoReader, OnlyWriter, Precondition, Unused
from copilot.planners.names import listed, nearest
from copilot.planners.talk import Unacceptable

DAYS_MAX = 36_500
OTHER = "other"
_TEXT: Mapping[str, Any] = {"type": "string"}


class _Said:
    """The keys of one claim, each held against what the map knows."""

    def __init__(self, entry: Mapping[str, Any], where: str, pipeline: PipelineMap) -> None:
        self._entry, self._where, self._pipeline = entry, where, pipeline

    @property
    def subject(self) -> str:
        return self._known("subject", (it.name for it in self._pipeline.subjects))

    @property
    def field(self) -> str:
        found = self._pipeline.subject(self.subject)
        return self._known("field", (it.path for it in found.latest.fields))

    @property
    def field_or_none(self) -> str:
        return self.field if self._entry.get("field") else ""

    @property
    def job(self) -> str:
        return self._known("job", (it.name for it in self._pipeline.jobs))

    @property
    def topic(self) -> str:
        return self._known("topic", (it.name for it in self._pipeline.endpoints if it.name))

    @property
    def days(self) -> float:
        value = self._entry.get("days")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= DAYS_MAX:
            raise Unacceptable(f"{self._where}: days is a number between 0 and {DAYS_MAX}.")
        return float(value)

    @property
    def since(self) -> str:
        value = self._entry.get("since") or ""
        if value and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
            raise Unacceptable(f"{self._where}: since is a day as YYYY-MM-DD.")
        return str(value)

    def _known(self, key: str, names: Iterable[str]) -> str:
        known = sorted(set(names))
        value = self._entry.get(key)
        if value in known:
            return str(value)
        close = nearest(str(value or ""), known)
        near = f" The nearest are {listed(close)}." if close else ""
        raise Unacceptable(f'{self._where}: the map has no {key} "{str(value or "")[:80]}".{near}')


_KINDS: Mapping[str, Callable[[_Said], Precondition]] = {
    "no_reader": lambda said: NoReader(said.subject, said.field_or_none),
    "unused": lambda said: Unused(said.subject, said.field, said.since),
    "only_writer": lambda said: OnlyWriter(said.subject, said.job),
    "always_filled": lambda said: AlwaysFilled(said.subject, said.field),
    "kept_at_least": lambda said: Kept(said.topic, "at least", said.days),
    "kept_at_most": lambda said: Kept(said.topic, "at most", said.days),
}
CONDITION: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": [*_KINDS, OTHER]},
        **dict.fromkeys(("subject", "field", "job", "topic", "since", "words"), _TEXT),
        "days": {"type": "number"},
    },
    "required": ["kind"],
    "additionalProperties": False,
}


def condition_of(told: Any, where: str, pipeline: PipelineMap) -> Precondition | str:
    """Returns a claim as one that can be checked, or the words of one that can't; raises Unacceptable for what is neither."""
    if isinstance(told, str):
        return told
    kind = str(told.get("kind")) if isinstance(told, dict) else ""
    if kind == OTHER:
        return str(told.get("words") or "")
    if kind not in _KINDS:
        raise Unacceptable(f"{where}: kind is {listed([*_KINDS, OTHER])}.")
    return _KINDS[kind](_Said(told, where, pipeline))
