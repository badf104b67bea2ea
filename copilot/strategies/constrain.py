"""Ways to hold a field to a rule: counted first and enforced last, told only, or enforced at once; a looser one, readers first."""

from __future__ import annotations

import json

from copilot.domain.alternative import Alternative, Gate, NotOffered
from copilot.domain.operation import ConstrainField, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.rules import PROPERTY, Rule, in_words, is_looser
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.guarded import guarded_writes, snake
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.rule_guard import Mode, rule_guard
from copilot.strategies.work import Work, doubtful_work, notes_at, reads, remove_property, set_property, writes

AUDIT = "audit, warn, enforce"
AT_ONCE = "enforced at once"
_AUDITED = Gate(
    "Over a full business cycle the producers' logs count the records that break the rule; each cause has an owner and a date."
)
_WARNED = Gate(
    "No producer has logged a broken rule over a full business cycle; there is a quarantine with an owner, and an alarm on its"
    " size."
)


def constrain_field(
    operation: Operation, impact: Impact, pipeline: PipelineMap
) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to hold a field to a rule; nothing for other operations."""
    if not isinstance(operation, ConstrainField):
        return ()
    ground = ground_of(operation, impact, pipeline)
    rule = json.loads(operation.rule)
    before = ground.properties.get(PROPERTY)
    if isinstance(before, dict) and before and is_looser(rule, before):
        return (_loosened(ground, rule, before), _elsewhere())
    return (_audited(ground, rule), _told(ground, rule), _at_once(ground, rule), _readers(ground), _elsewhere())


def _stated(ground: Ground, rule: Rule) -> Work:
    return set_property(ground, PROPERTY, dict(rule)) if rule else remove_property(ground, PROPERTY)


def _guarded(ground: Ground, rule: Rule, mode: Mode) -> Work:
    name = snake(ground.operation.field)
    function = f"checked_{name}"
    text = rule_guard(ground.subject.name, ground.operation.field, function, rule, mode)
    work = _stated(ground, rule) + guarded_writes(ground, f"rule_{name}", function, text)
    work += doubtful_work(ground, f"where it writes, hold it to the rule: {in_words(rule)}", "producers")
    if mode == "enforce":
        own = [use for use in writes(ground) if not use.is_test]
        work += notes_at(
            ground, own, "catch RuleBroken where this record is built, and send what it was built from to quarantine"
        )
    return work


def _audited(ground: Ground, rule: Rule) -> Alternative | NotOffered:
    if not writes(ground):
        return NotOffered(AUDIT, "No producer was found here that writes the field in a way that can be edited.")
    field = ground.operation.field
    return alternative(
        ground,
        "audit",
        f"State that `{field}` is {in_words(rule)}; let producers count what breaks it, then warn, then refuse it",
        AUDIT,
        (
            State("audit", _guarded(ground, rule, "audit"), PRODUCERS_FIRST, _AUDITED),
            State("warn", _guarded(ground, rule, "warn"), PRODUCERS_FIRST, _WARNED),
            State("enforce", _guarded(ground, rule, "enforce"), PRODUCERS_FIRST),
        ),
        "The default choice: nothing is refused before it is known how often that would happen, and what breaks the rule is counted"
        " and never logged. Readers may rely on the rule once records from before it have left the topic.",
    )


def _told(ground: Ground, rule: Rule) -> Alternative:
    return alternative(
        ground,
        "told",
        f"State in the schema that `{ground.operation.field}` is {in_words(rule)}",
        "stated only",
        (State("stated", _stated(ground, rule), CONSUMERS_FIRST),),
        "It wins where a registry or a catalogue enforces the property. By itself no byte changes and nothing is refused.",
    )


def _at_once(ground: Ground, rule: Rule) -> Alternative | NotOffered:
    if not writes(ground):
        return NotOffered(AT_ONCE, "No producer was found here that writes the field in a way that can be edited.")
    return alternative(
        ground,
        "naive",
        f"Refuse every `{ground.operation.field}` that is not {in_words(rule)}, from the first deploy on",
        AT_ONCE,
        (State("enforce", _guarded(ground, rule, "enforce"), PRODUCERS_FIRST),),
        "The edit people make first. How many records are lost to it shows when they are lost.",
    )


def _loosened(ground: Ground, rule: Rule, before: Rule) -> Alternative:
    told = f"takes values that are {in_words(rule)}, not only {in_words(before)}: see that it can"
    readers = [use for use in reads(ground) if not use.is_test and use.mode != "passes"]
    own = [use for use in writes(ground) if not use.is_test]
    work = _stated(ground, rule) + notes_at(ground, readers, told)
    work += notes_at(ground, own, f"loosen its guard, where it has one, once readers can: {in_words(rule)}")
    return alternative(
        ground,
        "loosen",
        f"State that `{ground.operation.field}` is {in_words(rule)}, readers first",
        "loosened",
        (State("loosened", work, CONSUMERS_FIRST),),
        "A looser rule meets readers first: whoever relied on the old one has to take more before anybody writes more.",
    )


def _readers(ground: Ground) -> NotOffered:
    jobs = sorted({link.job for link in ground.impact.consumers})
    who = ", ".join(jobs) or "readers"
    return NotOffered(
        "quarantine in the readers",
        f"Where {who} would put a record that breaks the rule hangs on the code around its decoding, so it is people's to write.",
    )


def _elsewhere() -> NotOffered:
    return NotOffered(
        "rule of the registry",
        "Whether the registry in use can enforce rules is not known, and no registry is run here.",
    )
