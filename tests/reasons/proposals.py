"""Proposals built by hand, with as much evidence as a decision needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copilot.checks.evidence import evidence_id
from copilot.domain.alternative import Alternative, Gate, NotOffered, Phase, Plan, Step
from copilot.domain.evidence import Evidence, Finding, Measure, Recipe, Verdict
from copilot.domain.operation import ChangeRequest, RenameField
from copilot.domain.patch import FileChange, Patch, Refused
from copilot.domain.proposal import Compiled, Proposal, Reading
from tests.faces import an_impact_list

COMMIT = "1" * 40
CHECKS = ("scope", "syntax", "compatibility", "replay", "usage", "contract", "sinks", "rollout", "undo", "commands")
NOTHING = Alternative("nothing", "Change nothing", "rules", "do nothing", (), "")
USAGE: Mapping[str, float] = {
    "operations": 1,
    "operations_done": 1,
    "operations_reworded": 0,
    "manual_places": 0,
    "consumers": 2,
    "consumers_touched": 1,
    "phases": 1,
    "lines_changed": 8,
    "open_at_once": 0,
}
REPLAY: Mapping[str, float] = {
    "records": 64,
    "versions": 4,
    "decoders": 2,
    "lost": 0,
    "changed": 0,
    "refused": 0,
    "stand_ins": 0,
    "history_changed": 0,
}
ROLLOUT: Mapping[str, float] = {"coordinated_deploys": 0, "one_way_phases": 0}
COMPATIBILITY: Mapping[str, float] = {"meanings_turned": 0}


def alternative(id: str, phases: int = 1) -> Alternative:
    steps = (
        Step("Deploy the consumers", "consumers", ("scorer",), ("scorer/main.py",), ("scorer/old.py:7  order[key]",)),
    )
    named = tuple(Phase(f"state {number}", (), steps, Gate("all replicas run it")) for number in range(1, phases + 1))
    return Alternative(id, f"Rename it the {id} way", "rules", "alias", named, "It is small.")


def evidence(
    alternative: str,
    check: str,
    verdict: Verdict = "pass",
    measures: Mapping[str, float] | None = None,
    findings: Sequence[Finding] = (),
) -> Evidence:
    tools = (("avro", "1.12.2"), ("fastavro", "1.13.1")) if check == "replay" else ()
    recipe = Recipe(check, 1, tools, (("base", COMMIT),))
    defaults = {"usage": USAGE, "replay": REPLAY, "compatibility": COMPATIBILITY, "rollout": ROLLOUT}.get(check, {})
    kept = tuple(Measure(name, value, name) for name, value in {**defaults, **(measures or {})}.items())
    id = evidence_id(alternative, recipe, verdict, kept, tuple(findings))
    return Evidence(id, alternative, check, recipe, verdict, kept, tuple(findings))


def all_pass(alternative: str, **changed: Evidence) -> tuple[Evidence, ...]:
    """Passing evidence of every check but `commands`, which was not asked for."""
    made = {check: evidence(alternative, check) for check in CHECKS}
    made["commands"] = evidence(alternative, "commands", "not-applicable")
    return tuple({**made, **changed}.values())


def of_nothing() -> tuple[Evidence, ...]:
    usage = {"operations_done": 0, "phases": 0, "lines_changed": 0, "consumers_touched": 0}
    made = {check: evidence("nothing", check, "not-applicable") for check in CHECKS}
    return tuple({**made, "usage": evidence("nothing", "usage", "not-applicable", usage)}.values())


def error(rule: str, message: str) -> Finding:
    return Finding(rule, "error", message)


def proposal(
    alternatives: Iterable[Alternative],
    proofs: Iterable[Evidence],
    *,
    refused: Iterable[str] = (),
    text: str = "rename amount to total in Order",
) -> Proposal:
    listed = tuple(alternatives)
    operation = RenameField("order", "", "amount", "total")
    request = ChangeRequest(text, (operation,), COMMIT, "ada")
    without = set(refused)
    compiled = tuple(
        Compiled(it.id, (), Refused(it.id, "The key is computed, so it can't be renamed.", None, "Rename it by hand."))
        if it.id in without
        else Compiled(it.id, tuple(_patch(it.id, number) for number in range(len(it.phases))))
        for it in listed
    )
    plan = Plan(listed, (NotOffered("registry rules", "No registry is set up."),))
    return Proposal(
        "p-0123456789", request, Reading("d" * 64, 3, 0, (), an_impact_list()), plan, (), compiled, tuple(proofs)
    )


def _patch(alternative: str, phase: int) -> Patch:
    change = FileChange("scorer/main.py", 'order["amount"]\n', 'order["total"]\n')
    return Patch(alternative, phase, COMMIT, (change,), "--- a\n+++ b\n", "e" * 64)
