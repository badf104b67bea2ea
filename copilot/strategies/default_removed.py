"""Ways to take a default away: in place, once every producer writes the field, by a rule only, or in a new subject."""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import Operation, RemoveDefault
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newsubject import new_version
from copilot.strategies.requiredness import required_by_rule
from copilot.strategies.rollout import PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_WRITTEN, about_decoders, joined
from copilot.strategies.work import (
    add_sibling,
    as_json,
    doubtful_work,
    record_builds,
    remove_default,
    writes,
)

WRITTEN_FIRST = "written first"
RULE = "rule, not schema"


def default_removed(
    operation: Operation, impact: Impact, pipeline: PipelineMap
) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to take a default away; nothing for other operations."""
    if not isinstance(operation, RemoveDefault):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Take the default {as_json(ground.default)} of `{operation.field}` away"
    return (
        _written_first(ground, what),
        _in_place(ground, what),
        _rule_only(ground),
        new_version(ground, what, lambda record, field: field.pop("default", None)),
    )


def _in_place(ground: Ground, what: str) -> Alternative:
    return alternative(
        ground,
        "naive",
        f"{what} at once",
        "default removed in place",
        (State("removed", remove_default(ground), PRODUCERS_FIRST),),
        joined(
            "Every level that looks at the last version only accepts it, because that version has the field. A record of a version"
            " without the field, or a producer that leaves it out, fails at the reader from then on.",
            about_decoders(ground),
        ),
    )


def _written_first(ground: Ground, what: str) -> Alternative | NotOffered:
    silent = {link.job for link in ground.impact.producers} - {use.job for use in writes(ground)}
    builds = record_builds(ground, silent)
    if not silent:
        return NotOffered(WRITTEN_FIRST, "Every producer that was found writes the field itself.")
    if not builds:
        return NotOffered(WRITTEN_FIRST, "No record that a producer builds without the field was found to be edited.")
    name = ground.operation.field
    written = add_sibling(builds, name, fieldtype.python_literal(ground.default))
    written += doubtful_work(ground, f"write `{name}` in every record", "producers")
    return alternative(
        ground,
        "written-first",
        f"Let every producer write `{name}`, then {what[0].lower()}{what[1:]}",
        WRITTEN_FIRST,
        (
            State("written", written, PRODUCERS_FIRST, GATE_WRITTEN),
            State("removed", written + remove_default(ground), PRODUCERS_FIRST),
        ),
        joined(
            "It wins where a producer leaves the field to its default: such records would fail at the reader, and are gone before"
            " the default is.",
            about_decoders(ground),
        ),
    )


def _rule_only(ground: Ground) -> Alternative:
    return required_by_rule(
        ground,
        f"Keep the default of `{ground.operation.field}` for old records, and require the field by a rule",
        RULE,
        "It wins where the whole history must stay readable: old records keep their default, producers are held to the rule by a"
        " guard of their own. The schema itself enforces nothing.",
    )
