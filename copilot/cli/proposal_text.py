"""A proposal as text for the terminal: the decision first, then the table of alternatives and checks, then what is left open."""

from __future__ import annotations

from copilot.cli.layout import columns, joined, section, wrapped
from copilot.cli.verbs import COMMAND
from copilot.domain.alternative import Alternative
from copilot.domain.continuation import Continued
from copilot.domain.decision import Claim, Decision, Ruling
from copilot.domain.evidence import Verdict
from copilot.domain.proposal import Proposal
from copilot.reasons.asked import operation_words
from copilot.reasons.look_at import LOOK_SHOWN as LOOK_AT_SHOWN
from copilot.reasons.look_at import NOTE, beyond_words, impact_command, look_at, why
from copilot.reasons.said import framed_by, probe_note, probe_rows, words_note, words_of_model
from copilot.reasons.words import (
    asked_words,
    counted,
    in_letters,
    letters_of,
    listed,
    outcome_and_rule,
    outcome_of,
    postponed_words,
    signed,
)

NOT_RUN = "- not run"
NOT_OFFERED_SHOWN = 8
CLAIMS_SHOWN = 3
LOOK_SHOWN = 3


def proposal_text(proposal: Proposal) -> str:
    """Returns the text of a decided proposal; one that is not decided yet says how far it is."""
    if proposal.decision is None or proposal.plan is None:
        return "\n".join([f"{proposal.id} is not decided yet.", *next_lines(proposal)])
    decision = proposal.decision
    lines = [
        *wrapped(asked_words(proposal.request), f"{proposal.id}  "),
        *_understood(proposal),
        "",
        *_decision(proposal, decision),
        *section("IN THE WORDS OF A MODEL", words_lines(proposal)),
        *section("ALTERNATIVES", alternative_rows(proposal, decision)),
        *section("CHECKS", check_rows(proposal)),
        *section("WHY THE OTHERS WERE NOT CHOSEN", _others(proposal, decision)),
        *section("LOOK AT BY HAND", look_at_lines(proposal, decision.chosen, LOOK_SHOWN)),
        *section("NOT OFFERED", _not_offered(proposal)),
        *section("NOT COVERED", [line for text in decision.not_covered for line in wrapped(text, "  - ")]),
        *section("FAITHFULNESS PROBE", probe_lines(proposal)),
        *section("NEXT", next_lines(proposal)),
    ]
    return joined(lines)


def _understood(proposal: Proposal) -> list[str]:
    """What a model made of free words, so that a person sees at once whether it is what was meant."""
    model = framed_by(proposal)
    heads = [f"understood by {model} as  ", *[""] * len(proposal.request.operations)]
    found = zip(heads, proposal.request.operations, strict=False)
    return [line for head, it in found for line in wrapped(operation_words(it), head or "and  ")] if model else []


def _decision(proposal: Proposal, decision: Decision) -> list[str]:
    letters = letters_of(proposal)
    if not decision.chosen:
        return ["Every alternative is refused; nothing can be applied."]
    chosen = proposal.alternative(decision.chosen)
    ruling = decision.ruling(chosen.id)
    lines = wrapped(f"{letters[chosen.id]} ({chosen.id}): {chosen.title}", "Chosen  ")
    lines += wrapped(ruling.rule, "   why  ")
    lines += claim_lines(proposal, ruling.claims, "        ")
    lines += [f"stakes  {decision.stakes}"]
    return lines + claim_lines(proposal, decision.stakes_reasons, "        ")


def claim_lines(proposal: Proposal, claims: tuple[Claim, ...], indent: str, shown: int = CLAIMS_SHOWN) -> list[str]:
    """Returns a line for each of the first claims, with what it cites, and how many are left."""
    lines, letters = [], letters_of(proposal)
    for claim in claims[:shown]:
        lines += wrapped(
            f"{in_letters(claim.text, letters)} {cited_words(proposal, claim.cites)}".rstrip(), f"{indent}- "
        )
    left = len(claims) - shown
    return lines + ([f"{indent}- … {left} more in the rationale"] if left > 0 else [])


def cited_words(proposal: Proposal, cites: tuple[str, ...]) -> str:
    """Returns cited evidence by check and alternative, which name it as well as its id does, and read better."""
    letters = letters_of(proposal)
    known = {it.id: it for it in proposal.evidence}
    cells: dict[str, list[str]] = {}
    for id in cites:
        if id in known:
            cells.setdefault(letters[known[id].alternative], []).append(known[id].check)
    return f"[{'; '.join(f'{letter}: {listed(checks)}' for letter, checks in cells.items())}]" if cells else ""


def words_lines(proposal: Proposal) -> list[str]:
    """Returns a model's sentences behind bars, under a line that says what they are worth."""
    letters = letters_of(proposal)
    lines = wrapped(words_note(proposal), "  ") if words_note(proposal) else []
    for id, text, cites in words_of_model(proposal):
        told = f"{in_letters(text, letters)} {cited_words(proposal, cites)}".rstrip()
        lines += wrapped(told, f"  | {letters[id]}: ", "  |    ")
    return lines


def probe_lines(proposal: Proposal) -> list[str]:
    """Returns how far a model's reasons follow the evidence, and a line for each trial."""
    lines = wrapped(probe_note(proposal), "  ") if probe_note(proposal) else []
    return lines + columns(((what, outcome) for _, what, outcome in probe_rows(proposal)), "  - ")


def continued_facts(continued: Continued) -> list[tuple[str, str]]:
    """Returns what is carried on, how its gate was shown to hold, and which files others changed since, as labels with texts."""
    facts = [("carries on", f"{continued.of}, from phase {continued.phase + 1} of {continued.phases}")]
    facts += [("gate", f"{it.kind}: {it.text} ({it.by}, {it.at})") for it in continued.proofs]
    if continued.late:
        facts += [("late", f"{continued.late}: its time-box was over")]
    if continued.moved:
        facts += [("moved", f"{', '.join(continued.moved)}: merged, and proved again")]
    return facts


def alternative_rows(proposal: Proposal, decision: Decision) -> list[str]:
    """Returns a row for each alternative, the chosen one first."""
    letters = letters_of(proposal)
    rows = []
    for alternative in sorted(proposal.alternatives, key=lambda it: _rank(decision, it)):
        ruling = _ruling(decision, alternative)
        outcome = outcome_of(ruling) if ruling else "not decided"
        rows.append(
            (letters[alternative.id], outcome, alternative.id, _shape(proposal, alternative), alternative.title)
        )
    return columns(rows, "  ")


def _shape(proposal: Proposal, alternative: Alternative) -> str:
    patches = proposal.patches_of(alternative.id)
    if not alternative.phases:
        return "no change"
    if not patches:
        return "no patch"
    files = len({change.path for patch in patches for change in patch.changes})
    phases = "" if len(alternative.phases) == 1 else f"{len(alternative.phases)} phases, "
    return phases + counted(files, "file")


def check_rows(proposal: Proposal) -> list[str]:
    """Returns a row for each check, with the verdict about each alternative; who was refused already is not challenged."""
    letters = letters_of(proposal)
    checks = list(dict.fromkeys(evidence.check for evidence in proposal.evidence))
    verdicts: dict[tuple[str, str], Verdict] = {(it.check, it.alternative): it.verdict for it in proposal.evidence}
    judged = [
        it.id for it in proposal.alternatives if any(it.id == evidence.alternative for evidence in proposal.evidence)
    ]
    rows = [("", *(letters[id] for id in judged), "")]
    for check in checks:
        cells = (signed(verdicts[check, id]) if (check, id) in verdicts else NOT_RUN for id in judged)
        rows.append((check, *cells, ""))
    return columns(rows, "  ") if checks else []


def _others(proposal: Proposal, decision: Decision) -> list[str]:
    letters = letters_of(proposal)
    lines = []
    for ruling in sorted(decision.rulings, key=lambda it: letters[it.alternative]):
        if ruling.outcome != "chosen":
            lines += wrapped(": ".join(outcome_and_rule(ruling)), f"  {letters[ruling.alternative]}  ")
            lines += claim_lines(proposal, ruling.claims[:1], "     ")
    return lines


def look_at_lines(proposal: Proposal, alternative: str, shown: int = LOOK_AT_SHOWN) -> list[str]:
    """Returns the files that are likely to change besides what the alternative changes, and those that are worth a look."""
    found = look_at(proposal, alternative, shown)
    letter = letters_of(proposal).get(alternative, "no alternative")
    lines: list[str] = []
    for it in (*found.left, *found.look):
        lines += wrapped(f"{it.percent:3d}%  {it.where}", "  ", "        ")
        what = f"may have to change, and {letter} does not change it; " if it in found.left else ""
        lines += wrapped(f"{what}{why(it)}", "        ")
    for beyond in found.beyond:
        lines += [*wrapped(beyond.where, "  ", "        "), *wrapped(beyond_words(beyond), "        ")]
    more = f"… {counted(found.more, 'more file')}: {impact_command(proposal)}"
    lines += wrapped(more, "        ", "          ") if found.more else []
    lines += [line for text in found.warnings for line in wrapped(text, "  ! ", "    ")]
    return [*wrapped(NOTE, "  "), *lines] if lines else []


def _not_offered(proposal: Proposal) -> list[str]:
    assert proposal.plan is not None
    absent = proposal.plan.not_offered
    lines = [line for it in absent[:NOT_OFFERED_SHOWN] for line in wrapped(it.reason, f"  {it.strategy}: ", "      ")]
    left = len(absent) - NOT_OFFERED_SHOWN
    return lines + ([f"  … {left} more: --format json shows all"] if left > 0 else [])


def next_lines(proposal: Proposal) -> list[str]:
    """Returns what to type next, for the state that the proposal is in."""
    id = proposal.id
    match proposal.state:
        case "open":
            return [f'  "{COMMAND} propose" with the same request goes on from the last record']
        case "refused":
            return ["  ask for another change, or change first what the refused alternatives name"]
        case "approved":
            return [f"  {COMMAND} apply {id}"]
        case "postponed" if proposal.postponed:
            return [
                f"  it is {postponed_words(proposal.postponed)}",
                f"  {COMMAND} review {id}  approving it ends that",
            ]
        case "waiting":
            return [
                f"  {COMMAND} review {id}  shows whose approvals are there; a further person signs there",
                f"  {COMMAND} show {id} --export FILE  writes it for a person with another clone",
            ]
        case "applied":
            applied = proposal.applied[-1]
            lines = [f"  git log --patch HEAD..{applied.branch}", f"  {COMMAND} undo {id} --from {applied.branch}"]
            left = proposal.alternative(applied.alternative).phases[applied.phase + 1 :]
            later = f'  {COMMAND} next {id}  goes on with "{left[0].name}", once the gate holds' if left else ""
            return [*lines, later] if left else lines
        case "undone" | "rejected":
            return [f"  {COMMAND} show {id}"]
    return [
        f"  {COMMAND} review {id}  look, then approve or reject",
        f"  {COMMAND} show {id}    read the whole rationale",
        *([f"  {COMMAND} show {id} --prompts  read what a model was told and answered"] if proposal.exchanges else []),
    ]


def _rank(decision: Decision, alternative: Alternative) -> tuple[bool, int]:
    ruling = _ruling(decision, alternative)
    return (ruling is None or ruling.rank == 0, ruling.rank if ruling else 0)


def _ruling(decision: Decision, alternative: Alternative) -> Ruling | None:
    return next((ruling for ruling in decision.rulings if ruling.alternative == alternative.id), None)
