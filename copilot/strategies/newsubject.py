"""A new version of the subject next to the old one, so that readers move one by one; and side subjects with the same key."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.strategies.ground import Ground
from copilot.strategies.rollout import CONSUMERS_FIRST, State, alternative
from copilot.strategies.words import GATE_NEW_SUBJECT, about_keys, joined
from copilot.strategies.work import Work, link_notes, new_file

STRATEGY = "new subject version"
Change = Callable[[dict[str, Any], dict[str, Any]], None]
_NUMBERED = re.compile(r"^(?P<stem>.*?)(?P<mark>[._-]?v)(?P<number>\d+)$", re.IGNORECASE)


def new_version(
    ground: Ground, what: str, change: Change, *, also: Work | None = None, has_own_name: bool = False
) -> Alternative | NotOffered:
    """Offers the changed schema as a file next to the old one; `change` gets the record and the field's object ({} if absent).

    `also` is what changes in the old subject at the same time. `has_own_name` tells that the change itself gives the outermost
    record another name.
    """
    schema = ground.schema_copy()
    record = fieldtype.record_of(schema, ground.record)
    if record is None or not isinstance(schema, dict) or not isinstance(schema.get("name"), str):
        return NotOffered(STRATEGY, "The outermost type of the schema is not a record of its own name.")
    change(record, fieldtype.field_of(schema, ground.record, ground.operation.field) or {})
    path = _free_path(ground)
    if not has_own_name:
        schema["name"] = _next_name(schema["name"])
    notes = link_notes(ground, "producers", f"publish with {path} to a topic of its own as well, one writer a key")
    notes += link_notes(ground, "consumers", f"read the new topic with {path}, then leave the old one")
    state = State("new subject", (also or Work()) + new_file(path, schema) + notes, CONSUMERS_FIRST, GATE_NEW_SUBJECT)
    return alternative(
        ground,
        "new-subject",
        f"{what} in a new subject next to {ground.subject.name}",
        STRATEGY,
        (state,),
        joined(
            "No byte changes for those who read the present subject; each reader moves when it is ready, and can go back.",
            "It wins with many readers, or where history must stay as it is. It costs a second topic, the order across the"
            " two is lost, and every producer and consumer is moved by hand.",
            about_keys(ground),
        ),
    )


def _free_path(ground: Ground) -> str:
    source = ground.subject.latest.source
    folder, file = posixpath.split(source.path)
    stem = posixpath.splitext(file)[0]
    if source.host != "file":
        stem = ground.subject.latest.name.rpartition(".")[2].lower() or stem
    taken = {subject.latest.source.path for subject in ground.pipeline.subjects}
    path = ""
    while not path or path in taken:
        stem = _next_name(stem, mark="_v")
        path = posixpath.join(folder, f"{stem}.avsc")
    return path


def _next_name(name: str, *, mark: str = "V") -> str:
    match = _NUMBERED.match(name)
    if match:
        return f"{match['stem']}{match['mark']}{int(match['number']) + 1}"
    return f"{name}{mark}2"


def without_field(name: str) -> Change:
    """Returns the change that leaves a field out."""

    def change(record: dict[str, Any], field: dict[str, Any]) -> None:
        record["fields"] = [entry for entry in record["fields"] if entry.get("name") != name]

    return change
