"""One Markdown text of a proposal for every face: the decision first, then what it rests on, then what it leaves open.

The same proposal gives the same text on every machine. All that came from a repository, a person or a model is escaped; a claim
that its evidence doesn't carry is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.domain.alternative import Alternative, Phase, Step
from copilot.domain.continuation import Continued
from copilot.domain.decision import Claim, Decision, Ruling
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.proposal import Proposal
from copilot.reasons.asked import operation_words
from copilot.reasons.challenges import challenge_rows, challenges_note
from copilot.reasons.look_at import NOTE, beyond_words, impact_command, look_at, why
from copilot.reasons.markup import code, plain, table
from copilot.reasons.rationale import check_claims
from copilot.reasons.rollout import cited, proved
from copilot.reasons.said import claimed_note, framed_by, origin_of, probe_note, probe_rows, words_note, words_of_model
from copilot.reasons.words import (
    VERDICT_WORDS,
    counted,
    in_letters,
    letters_of,
    outcome_and_rule,
    outcome_of,
    with_owners,
)

FINDINGS_SHOWN = 12
MESSAGE_CHARACTERS = 300
DIGEST_DIGITS = 12
_FATES = {
    "fails": "case fails",
    "open": "case left open",
    "kept-apart": "case kept apart",
    "refuted": "claim refuted",
    "not-run": "case not run",
}
"""What became of a case in words that can't be taken for the alternative's own fate."""
EVIDENCE_NOTE = (
    "What each check saw, under the id by which the claims above cite it; in short for what is not put forward, the JSON has all."
    " n/a: it had nothing to look at; unknown: it could not tell, which never counts as a pass."
    " What is cited as background changes no ruling."
)
_DIGEST = re.compile(r"[0-9a-f]{40,64}")


def markdown(proposal: Proposal) -> str:
    """Returns the text of a decided proposal; one that is not decided yet says so.

    Raises RefusedByEvidence where a claim doesn't stand on its evidence.
    """
    if proposal.decision is None:
        return f"# Proposal {proposal.id}\n\nNot decided yet.\n"
    check_claims(proposal.decision, proposal.evidence)
    sections = (
        _head(proposal, proposal.decision),
        _alternatives(proposal, proposal.decision),
        _words_of_model(proposal),
        _rulings(proposal, proposal.decision),
        _rollout(proposal, proposal.decision),
        _look_at(proposal, proposal.decision),
        _stakes(proposal, proposal.decision),
        _approved(proposal),
        _comments(proposal),
        _not_offered(proposal),
        _listed("Not covered", proposal.decision.not_covered),
        _challenges(proposal),
        _probe(proposal),
        _evidence(proposal, proposal.decision),
        _verify(proposal),
    )
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"


def _head(proposal: Proposal, decision: Decision) -> list[str]:
    request = proposal.request
    lines = [f"# {_title(proposal)}", "", _first_line(proposal, decision), ""]
    by = f" by {plain(request.asked_by)}," if request.asked_by else ""
    lines += [f"Asked{by} on commit {code(request.commit)}:", ""]
    lines += [f"> {plain(line)}" for line in request.text.splitlines() or ["(operations given as JSON)"]]
    by_model = framed_by(proposal)
    lines += ["", f"Understood{f' by {plain(by_model)}' if by_model else ''} as:", ""]
    lines += [f"- {plain(operation_words(operation))}" for operation in request.operations]
    if proposal.continued:
        lines += ["", *_continued(proposal.continued)]
    elif request.follows:
        lines += ["", f"Follows {code(request.follows)}."]
    return [*lines, ""]


def _continued(continued: Continued) -> list[str]:
    lines = [f"Carries on {code(continued.of)}, from phase {continued.phase + 1} of {continued.phases}."]
    if continued.gate:
        lines += [f"Its gate: {plain(continued.gate)} Shown to hold:", ""]
    for proof in continued.proofs:
        bytes_of = f", bytes {code(proof.digest[:DIGEST_DIGITS])}" if proof.digest else ""
        lines += [f"- {proof.kind}, by {plain(proof.by)} at {proof.at}: {plain(proof.text)}{bytes_of}"]
    if continued.late:
        lines += ["", f"Its time-box was over: {plain(continued.late)}."]
    if continued.moved:
        files = ", ".join(code(path) for path in continued.moved)
        lines += ["", f"Others changed {files} since; what is left was merged onto that, and proved anew."]
    return lines


def _title(proposal: Proposal) -> str:
    words = " ".join(proposal.request.text.split())
    return f"{plain(words)} ({proposal.id})" if words else f"Proposal {proposal.id}"


def _first_line(proposal: Proposal, decision: Decision) -> str:
    if not decision.chosen:
        return "**Decision: nothing is put forward; every alternative is refused.**"
    chosen = proposal.alternative(decision.chosen)
    ruling = decision.ruling(chosen.id)
    return (
        f"**Decision: {letters_of(proposal)[chosen.id]}, {plain(chosen.title)}** ({code(chosen.id)};"
        f" {plain(ruling.rule)}; stakes {decision.stakes})."
    )


def _alternatives(proposal: Proposal, decision: Decision) -> list[str]:
    letters = letters_of(proposal)
    checks = list(dict.fromkeys(evidence.check for evidence in proposal.evidence))
    rows = []
    for alternative in proposal.alternatives:
        verdicts = {
            evidence.check: VERDICT_WORDS[evidence.verdict] for evidence in proposal.evidence_of(alternative.id)
        }
        outcome = next((outcome_of(it) for it in decision.rulings if it.alternative == alternative.id), "not decided")
        cells = [verdicts.get(check, "-") for check in checks]
        rows.append([letters[alternative.id], f"{plain(alternative.title)}", outcome, *cells])
    return ["## Alternatives", "", *table(["", "alternative", "outcome", *checks], rows), ""]


def _words_of_model(proposal: Proposal) -> list[str]:
    """Set apart as a quotation, each sentence under the letter of what it is about."""
    note = words_note(proposal)
    letters = letters_of(proposal)
    lines = [
        f"> {letters[id]}: {plain(in_letters(text, letters))} {' '.join(f'[{cite}]' for cite in cites)}"
        for id, text, cites in words_of_model(proposal)
    ]
    # An empty line of the quotation, or Markdown would join the sentences to one paragraph.
    apart = [line for sentence in lines for line in (">", sentence)][1:]
    return ["## In the words of a model", "", plain(note), "", *apart, *([""] if apart else [])] if note else []


def _challenges(proposal: Proposal) -> list[str]:
    """What was said of each case is a quotation; what came of it is the evidence's sentence."""
    note = challenges_note(proposal)
    letters = letters_of(proposal)
    lines = []
    for row in challenge_rows(proposal):
        cite = f" [{row.evidence}]" if row.evidence else ""
        says = f' It was said: "{plain(row.case.says)}"' if row.case.says else ""
        against = f"Against {letters[row.alternative]}, {_FATES.get(row.fate, row.fate)}"
        lines.append(f"- {against}{cite}: {plain(in_letters(row.outcome, letters))}{says}")
    return ["## Cases made up against it", "", plain(note), "", *lines, *([""] if lines else [])] if note else []


def _probe(proposal: Proposal) -> list[str]:
    note = probe_note(proposal)
    lines = [f"- [{id}] {plain(what)}: {outcome}" for id, what, outcome in probe_rows(proposal)]
    return ["## Faithfulness probe", "", plain(note), "", *lines, *([""] if lines else [])] if note else []


def _rulings(proposal: Proposal, decision: Decision) -> list[str]:
    lines = ["## Why", ""]
    letters = letters_of(proposal)
    for ruling in decision.rulings:
        alternative = proposal.alternative(ruling.alternative)
        lines += [f"### {letters[alternative.id]}: {plain(alternative.title)}", "", _ruled(alternative, ruling), ""]
        lines += _case(alternative, proposal)
        lines += [_claim(claim, letters) for claim in ruling.claims]
        lines += [""] if ruling.claims else []
    return lines


def _case(alternative: Alternative, proposal: Proposal) -> list[str]:
    """What speaks for an alternative; where a model says so it is set apart as a quotation, with what it presupposes."""
    told = [f"Its case: {plain(alternative.argument)}"] if alternative.argument else []
    if alternative.origin == "claude":
        told += [f"It presupposes, not checked: {plain(text)}" for text in alternative.preconditions]
        told = [f"> {line}" for text in (plain(claimed_note(proposal)), *told) for line in (text, "")][:-1]
        told = [line.rstrip() for line in told]
    return [*told, ""] if told else []


def _ruled(alternative: Alternative, ruling: Ruling) -> str:
    facts = [code(alternative.id), plain(alternative.strategy), f"from {origin_of(alternative)}"]
    outcome, rule = outcome_and_rule(ruling)
    return f"{outcome.capitalize()}: **{plain(rule)}** ({', '.join(facts)})."


def _claim(claim: Claim, letters: Mapping[str, str]) -> str:
    cites = " ".join(f"[{id}]" for id in claim.cites if id not in claim.beside)
    if claim.beside:
        cites = f"{cites} (background: {' '.join(f'[{id}]' for id in claim.beside)})"
    background = "(background) " if claim.is_background else ""
    return f"- {background}{plain(in_letters(claim.text, letters))}" + (f" {cites}" if cites else "")


def _rollout(proposal: Proposal, decision: Decision) -> list[str]:
    return ["## Rollout", "", *rollout(proposal, decision.chosen), ""] if decision.chosen else []


def rollout(proposal: Proposal, alternative: str) -> list[str]:
    """Returns the phases of an alternative as Markdown: steps, jobs, files, gates, and what was proved of their orders."""
    evidence = cited(proposal, alternative)
    lines = [f"Orders, gates and what taking back does were explored: [{evidence}]", ""] if evidence else []
    for number, phase in enumerate(proposal.alternative(alternative).phases):
        lines += [f"{number + 1}. **{plain(phase.name)}**"]
        lines += [line for step in phase.steps for line in _step(step, proposal)]
        told = proved(proposal, alternative, number)
        lines += [f"   - {heading.capitalize()}: {plain(text)}" for heading, text in told]
        lines += _gate(phase)
    return lines


def _step(step: Step, proposal: Proposal) -> list[str]:
    jobs = f": {', '.join(plain(job) for job in with_owners(step.jobs, proposal))}" if step.jobs else ""
    lines = [f"   - {plain(step.title)}{jobs}"]
    lines += [f"     - {code(path)}" for path in step.paths]
    return lines + [f"     - by hand: {plain(place)}" for place in step.manual]


def _gate(phase: Phase) -> list[str]:
    lines = [f"   - Before going on: {plain(phase.gate.text)}"] if phase.gate else []
    return lines + ([f"   - Time-box: {plain(str(phase.time_box))}"] if phase.time_box else [])


def _look_at(proposal: Proposal, decision: Decision) -> list[str]:
    found = look_at(proposal, decision.chosen)
    left = f"may have to change, and {letters_of(proposal).get(decision.chosen, 'nothing')} does not change it"
    lines = [f"- {it.percent}% {code(it.where)} {left}: {plain(why(it))}" for it in found.left]
    lines += [f"- {it.percent}% {code(it.where)}: {plain(why(it))}" for it in found.look]
    lines += [f"- {code(it.where)}: {plain(beyond_words(it))}" for it in found.beyond]
    more = f"- {counted(found.more, 'more file')}: {code(impact_command(proposal))} lists all"
    lines += [more] if found.more else []
    lines += [f"- {plain(text)}" for text in found.warnings]
    return ["## Look at by hand", "", NOTE, "", *lines, ""] if lines else []


def _stakes(proposal: Proposal, decision: Decision) -> list[str]:
    if not decision.chosen:
        return []
    told = [_claim(claim, letters_of(proposal)) for claim in decision.stakes_reasons]
    return ["## Stakes", "", f"Stakes are {decision.stakes}.", "", *told, *([""] if told else [])]


def _approved(proposal: Proposal) -> list[str]:
    letters = letters_of(proposal)
    lines = [
        f"- {letters[it.alternative]}, by {plain(it.by)} at {it.at}"
        + (f", signed with {plain(it.key)}" if it.key else "")
        + (f": {plain(it.note)}" if it.note else "")
        for it in proposal.approvals
    ]
    return ["## Approved", "", *lines, ""] if lines else []


def _comments(proposal: Proposal) -> list[str]:
    letters = letters_of(proposal)
    lines = [
        f"- {code(str(it.where))} of {letters[it.alternative]}, {plain(it.by)} at {it.at}: {plain(' '.join(it.text.split()))}"
        for it in proposal.comments
    ]
    return ["## Comments", "", *lines, ""] if lines else []


def _not_offered(proposal: Proposal) -> list[str]:
    absent = proposal.plan.not_offered if proposal.plan else ()
    if not absent:
        return []
    return ["## Not offered", "", *(f"- {plain(it.strategy)}: {plain(it.reason)}" for it in absent), ""]


def _listed(title: str, texts: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "", *(f"- {plain(text)}" for text in texts), ""] if texts else []


def _evidence(proposal: Proposal, decision: Decision) -> list[str]:
    """What is put forward with all that was seen; the other rows in a line for each check, as their reasons stand above."""
    lines = ["## Evidence", "", EVIDENCE_NOTE, ""]
    for alternative in proposal.alternatives:
        letter, seen = letters_of(proposal)[alternative.id], proposal.evidence_of(alternative.id)
        if alternative.id == decision.chosen:
            lines += [line for evidence in seen for line in _one(evidence, letter)]
        elif seen:
            heading = f"### {letter}: {plain(alternative.title)}"
            lines += [heading, "", *(_in_short(evidence) for evidence in seen), ""]
    return lines


def _in_short(evidence: Evidence) -> str:
    lines = f"- [{evidence.id}] {evidence.check}: {VERDICT_WORDS[evidence.verdict]}"
    if evidence.verdict not in ("fail", "unknown") or not evidence.findings:
        return lines
    told = next((it for it in evidence.findings if it.severity != "note"), evidence.findings[0])
    more = len(evidence.findings) - 1
    rest = f" ({counted(more, 'more finding')})" if more else ""
    return f"{lines}. {plain(told.rule)}: {plain(_cut(told.message))}{rest}"


def _one(evidence: Evidence, letter: str) -> list[str]:
    lines = [f"### [{evidence.id}] {evidence.check} of {letter}: {VERDICT_WORDS[evidence.verdict]}", ""]
    recipe = evidence.recipe
    tools = ", ".join(f"{name} {version}" for name, version in recipe.tools) or "no outside tools"
    lines += [f"- recipe: {recipe.check} {recipe.version}, {plain(tools)}"]
    inputs = [(name, value) for name, value in recipe.inputs if name != "base"]
    if inputs:
        lines += ["- inputs: " + ", ".join(f"{plain(name)} {code(_shortened(value))}" for name, value in inputs)]
    stable = [measure for measure in evidence.measures if not measure.is_volatile]
    if stable:
        lines += ["- measures: " + ", ".join(f"{plain(it.name)} {it.value} {plain(it.unit)}" for it in stable)]
    found = (*evidence.findings, *evidence.likely)
    shown = found[:FINDINGS_SHOWN]
    lines += [_finding(finding) for finding in shown]
    left = len(found) - len(shown)
    return [*lines, *([f"- {left} more findings: `show --format json` has all"] if left else []), ""]


def _shortened(value: str) -> str:
    return value[:DIGEST_DIGITS] if _DIGEST.fullmatch(value) else value


def _finding(finding: Finding) -> str:
    where = f" ({code(str(finding.span))})" if finding.span else ""
    fix = f" {plain(finding.fix)}" if finding.fix else ""
    return f"- {finding.severity} {plain(finding.rule)}: {plain(_cut(finding.message))}{where}{fix}"


def _cut(message: str) -> str:
    """Some libraries put whole schemas into what they say; the beginning tells what is wrong, the JSON has the rest."""
    if len(message) <= MESSAGE_CHARACTERS:
        return message
    return f"{message[:MESSAGE_CHARACTERS].rstrip()} … ({len(message) - MESSAGE_CHARACTERS} more characters)"


def _verify(proposal: Proposal) -> list[str]:
    return [
        "## How to verify",
        "",
        f"`pipeline-copilot verify {proposal.id}` runs every recipe above again and names the first evidence that no longer holds.",
        "",
    ]
