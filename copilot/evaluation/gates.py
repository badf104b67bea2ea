"""The gates of a case as questions about one answer. Each is a pure function that returns what is wrong, "" where nothing is."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.domain.operation import Operation, operation_object
from copilot.domain.pair import PairVerdict
from copilot.domain.patch import Patch
from copilot.domain.proposal import Proposal
from copilot.evaluation.case import Case, PairTruth, Truth, Value
from copilot.evaluation.judge import BASE, Met
from copilot.evaluation.outcome import GATES, GateOutcome
from copilot.ports import SchemaFormat
from copilot.reasons.rationale import claims_of, problems_in
from copilot.reasons.render import markdown

_JSON_SUFFIXES = (".avsc", ".json")


@dataclass(frozen=True, slots=True)
class Answered:
    """What the copilot answered to a case, and what came of carrying it out.

    `refusals` is None where no level asks that one state reads another.
    """

    proposal: Proposal
    chosen: str
    met: tuple[Met, ...]
    refusals: tuple[str, ...] | None
    undo: str

    @property
    def is_run(self) -> bool:
        """Tells whether the program ran in a state after the change: where people have to finish it first, it did not."""
        return any(it.meeting.writer != BASE or it.meeting.reader != BASE for it in self.met)

    @property
    def patches(self) -> tuple[Patch, ...]:
        return self.proposal.patches_of(self.chosen)


def in_order(questions: Iterable[tuple[str, str]]) -> tuple[GateOutcome, ...]:
    """Returns the outcomes of (gate, what is wrong); what follows a failure is not reached, what is not asked is no case for it."""
    asked = dict(questions)
    outcomes: list[GateOutcome] = []
    for gate in GATES:
        if any(it.passed == "fail" for it in outcomes):
            outcomes.append(GateOutcome(gate, "not reached"))
        elif gate not in asked:
            outcomes.append(GateOutcome(gate, "n/a"))
        else:
            outcomes.append(GateOutcome(gate, "fail" if asked[gate] else "pass", asked[gate]))
    return tuple(outcomes)


def proposal_gates(case: Case, answered: Answered, expected: Sequence[Operation]) -> tuple[GateOutcome, ...]:
    """Returns the gates of a case whose right answer is a proposal."""
    return in_order(
        [
            ("understood", misunderstood(answered.proposal.request.operations, expected)),
            ("compiled", "" if answered.patches else "Nothing was chosen that changes anything."),
            *executed(case.truth, answered),
            ("undo proven", answered.undo or unproven_undo(answered)),
            ("right choice", wrong_choice(case.truth, answered)),
            ("faithful", unfaithful(answered.proposal)),
        ]
    )


def executed(truth: Truth, answered: Answered) -> Iterator[tuple[str, str]]:
    """Yields the gates that carrying an alternative out answers, with what is wrong; what was not run is no pass, and no gate."""
    yield "parses", unparsable(answered.patches)
    if answered.refusals is not None:
        yield "legal", "; ".join(answered.refusals)
    if answered.is_run:
        yield "readable", unreadable(answered.met)
    ends = ends_of(truth.values, answered.met, len(answered.patches))
    if ends:
        yield "values survive", lost(ends)
    if answered.is_run and not truth.outputs_change:
        yield "contracts hold", changed_outputs(answered.met)


def pair_gates(truth: PairTruth, schema_format: SchemaFormat) -> tuple[GateOutcome, ...]:
    """Returns the gates of two schemas: the rules' answer, and no prediction that is better than what was seen."""
    verdicts = _verdicts(truth, schema_format)
    wanted = {"backward": truth.backward, "forward": truth.forward}
    wrong = [f"{it} is called {verdicts[it].compatible}" for it in wanted if verdicts[it].compatible is not wanted[it]]
    untold = [
        (seen, direction, decoder)
        for direction, decoder, seen in truth.seen
        if not _is_told(verdicts[direction], decoder, seen)
    ]
    refused = [
        f"{where}: {decoder} refused a record, and is said to read all"
        for seen, where, decoder in untold
        if seen == "no"
    ]
    changed = [
        f"{where}: {decoder} gave another value, and nothing says so"
        for seen, where, decoder in untold
        if seen == "wrong-value"
    ]
    return in_order(
        [("legal", "; ".join(wrong)), ("readable", "; ".join(refused)), ("values survive", "; ".join(changed))]
    )


def pair_figures(truth: PairTruth, schema_format: SchemaFormat) -> tuple[tuple[str, float], ...]:
    """Returns in how many decoders a record was seen to break, and for how many of these the copilot says so."""
    verdicts = _verdicts(truth, schema_format)
    breaks = [it for it in truth.seen if it[2] != "yes"]
    told = [it for it in breaks if _is_told(verdicts[it[0]], it[1], it[2])]
    return (("breaks seen", float(len(breaks))), ("breaks told", float(len(told))))


def _verdicts(truth: PairTruth, schema_format: SchemaFormat) -> dict[str, PairVerdict]:
    return {
        "backward": schema_format.judge(truth.new, truth.old, reader_is="newer"),
        "forward": schema_format.judge(truth.old, truth.new, reader_is="older"),
    }


def _is_told(verdict: PairVerdict, decoder: str, seen: str) -> bool:
    """Tells whether what was seen of one record is no worse than what is said of all."""
    predicted = {one.decoder: one.reads for one in verdict.decoders}.get(decoder)
    if seen == "no":
        return predicted in ("no", "unknown")
    # A change of meaning alone is nothing that a decoder could notice: there the warning counts, whomever it names.
    return seen == "yes" or predicted != "yes" or bool(verdict.meanings)


def misunderstood(found: Sequence[Operation], expected: Sequence[Operation]) -> str:
    """Operations are equal as objects, in any order."""
    told = [json.dumps(operation_object(it), sort_keys=True) for it in found]
    wanted = [json.dumps(operation_object(it), sort_keys=True) for it in expected]
    return (
        ""
        if sorted(told) == sorted(wanted)
        else f"It was understood as {', '.join(told)} instead of {', '.join(wanted)}."
    )


def unparsable(patches: Sequence[Patch]) -> str:
    """Every file that a phase leaves behind is read anew."""
    return "; ".join(problem for patch in patches for problem in _unparsable(patch))


def _unparsable(patch: Patch) -> Iterator[str]:
    for change in patch.changes:
        if change.after is None:
            continue
        try:
            if change.path.endswith(".py"):
                ast.parse(change.after)
            elif change.path.endswith(_JSON_SUFFIXES):
                json.loads(change.after)
        except (SyntaxError, ValueError) as error:
            yield f"{change.path} after phase {patch.phase + 1}: {error}"


def unreadable(met: Sequence[Met]) -> str:
    """Every record that a reader meets on the way must be decoded and taken."""
    return "; ".join(f"{_where(it)}: {it.problem}" for it in _worked_before(met) if it.problem)[:600]


def _worked_before(met: Sequence[Met]) -> list[Met]:
    """Leaves out what did not work before the change either: it shows nothing of the change."""
    broken = {it.meeting.flow for it in met if it.meeting.writer == it.meeting.reader == BASE and it.problem}
    return [it for it in met if it.meeting.flow not in broken]


def ends_of(values: Sequence[Value], met: Sequence[Met], last: int) -> list[tuple[Value, Met]]:
    """Returns each value with what was read at the end, written and read in the last state."""
    return [
        (value, it)
        for value in values
        for it in met
        if it.meeting.writer == it.meeting.reader == last and _is_of(it, value)
    ]


def lost(ends: Sequence[tuple[Value, Met]]) -> str:
    """Each value must be what every decoder that reads it gives at the end."""
    return "; ".join(
        f"{decoder} gives {_at(record, value.path)!r} for {value.path} instead of {value.value!r}"
        for value, it in ends
        for decoder, record in it.records.items()
        if record is not None and _at(record, value.path) != value.value
    )


def _is_of(met: Met, value: Value) -> bool:
    return (met.meeting.flow, met.input) == (value.flow, value.input)


def changed_outputs(met: Sequence[Met]) -> str:
    """What a consumer returns for an input stays what it returned before the change, in every meeting."""
    base = {(it.meeting.flow, it.input): it.output for it in met if it.meeting.writer == it.meeting.reader == BASE}
    seen = [it for it in _worked_before(met) if (it.meeting.flow, it.input) in base]
    other = [it for it in seen if it.output != base.get((it.meeting.flow, it.input))]
    return "; ".join(f"{_where(it)}: {it.output} instead of {base[it.meeting.flow, it.input]}" for it in other)[:600]


def wrong_choice(truth: Truth, answered: Answered) -> str:
    """The alternative must be one that a careful owner would sign, and touch what has to change."""
    kind = kind_of(answered.chosen)
    if kind in truth.never or kind not in truth.acceptable:
        return f'"{kind}" was chosen instead of {" or ".join(truth.acceptable)}.'
    decision = answered.proposal.decision
    if truth.stakes and decision and decision.stakes != truth.stakes:
        return f"The stakes were called {decision.stakes}, and are {truth.stakes}."
    if leaked := leaks(truth, answered):
        return f"What must stand nowhere stands in it: {', '.join(map(repr, leaked))}."
    told = markdown(answered.proposal).lower()
    if unsaid := [word for word in truth.says if word.lower() not in told]:
        return f"It does not say {', '.join(map(repr, unsaid))}."
    left = [path for path in truth.affected if path not in touched_by(answered)]
    return f"It leaves {', '.join(left)} as it is." if left else ""


def leaks(truth: Truth, answered: Answered) -> list[str]:
    """Returns the texts that must stand nowhere and stand in a claim, in a line that is added, or in a path that is changed."""
    decision = answered.proposal.decision
    claims = claims_of(decision) if decision else ()
    added = [line for patch in answered.patches for line in patch.diff.splitlines() if line.startswith("+")]
    # A line that is changed in another place of it keeps what it held.
    removed = [line for patch in answered.patches for line in patch.diff.splitlines() if line.startswith("-")]
    new = [text for text in truth.absent if any(text in it for it in added) and not any(text in it for it in removed)]
    return new + [text for text in truth.absent if any(text in claim.text for claim in claims)]


def touched_by(answered: Answered) -> set[str]:
    """Returns the files that the alternative changes, or names as places for a person to change."""
    alternative = answered.proposal.alternative(answered.chosen)
    manual = {text.partition(":")[0] for phase in alternative.phases for step in phase.steps for text in step.manual}
    return manual | {change.path for patch in answered.patches for change in patch.changes}


def unproven_undo(answered: Answered) -> str:
    """What can be taken back must have been shown to be so before anyone approves it."""
    shown = [it.verdict for it in answered.proposal.evidence_of(answered.chosen) if it.check == "undo"]
    return "" if shown and shown[-1] == "pass" else "The copilot did not prove that it can be taken back."


def unfaithful(proposal: Proposal) -> str:
    """Every claim must cite evidence that is there, and every number stand in it."""
    assert proposal.decision is not None
    return "; ".join(problems_in(proposal.decision, proposal.evidence))


def kind_of(alternative: str) -> str:
    """Returns the kind of an alternative, as its id begins."""
    return alternative.rpartition("-")[0] or alternative


def wrong_words(truth: Truth, told: str, offered: Sequence[str]) -> str:
    """A question or a refusal must say what it is about, and offer what can be meant."""
    missing = [word for word in truth.says if word.lower() not in told.lower()]
    not_offered = [one for one in truth.candidates if one not in offered]
    if missing:
        return f"It does not say {', '.join(map(repr, missing))}: {told[:300]}"
    return f"It does not offer {', '.join(not_offered)}: {', '.join(offered)}" if not_offered else ""


def _where(met: Met) -> str:
    return (
        f"{met.meeting.flow}, input {met.input}, written in state {met.meeting.writer} and read in {met.meeting.reader}"
    )


def _at(record: Any, path: str) -> Any:
    """Returns what stands at a path; of several, parted by "|", at the first that the record has."""
    first, _, others = path.partition("|")
    if others and (found := _at(record, first)) is None:
        return _at(record, others)
    if others:
        return found
    for name in path.split("."):
        if not isinstance(record, Mapping) or name not in record:
            return None
        record = record[name]
    return record
