"""Lets a model word the rulings that stand: sentences for people, on which nothing rests.

What it says is held against the evidence (`domain.wording`); where it can't keep to that, our own words stay alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.decision import Claim, Ruling
from copilot.domain.evidence import Evidence
from copilot.domain.model import Tool
from copilot.domain.proposal import Proposal, Worded
from copilot.domain.wording import Sentence, problems_of
from copilot.planners.talk import NoAnswer, Question, Talk, Unacceptable

SENTENCES_MAX = 24
OF_ONE_MAX = 3
PROBLEMS_TOLD_MAX = 4
FINDINGS_TOLD_MAX = 2
MESSAGE_LENGTH_MAX = 160
CLAIMS_TOLD_MAX = 3
CITES_TOLD_MAX = 3
"""A claim that cites more tells of all checks together; it stands in our own words already."""
FIGURES_TOLD_MAX = 4


def word(proposal: Proposal, talk: Talk) -> Worded:
    """Returns the model's sentences about a decided proposal, none and the reason where it gave no use."""
    most = talk.limits.rulings
    inputs = {"rulings": rulings_text(proposal, most), "evidence": evidence_text(proposal, most)}
    question = Question("words", "words", inputs, answer_tool(proposal, most))
    try:
        return Worded(talk.ask(question, lambda answer: _accepted(answer, proposal)))
    except NoAnswer as none:
        return Worded((), str(none))


def rulings_text(proposal: Proposal, most: int) -> str:
    """Returns a line for each ruling, at most so many, and below it what it rests on."""
    told = _told(proposal, most)
    left = len(_told(proposal, None)) - len(told)
    more = [f"[{left} more are not told]"] if left else []
    return "\n".join([*(line for it in told for line in _ruling_lines(it, proposal)), *more])


def told_ids(proposal: Proposal, most: int) -> tuple[str, ...]:
    """Returns the ids of the evidence that words and reasons can rest on, in the order in which it was seen."""
    cited = {id for it in _told(proposal, most) for claim in _claims_told(it) for id in claim.cites}
    return tuple(dict.fromkeys(it.id for it in proposal.evidence if it.id in cited))


def one_of(ids: Sequence[str]) -> dict[str, Any]:
    """Returns the schema of a text that is one of those; of any, where there are none."""
    return {"type": "string", "enum": [*ids]} if ids else {"type": "string"}


def answer_tool(proposal: Proposal, most: int) -> Tool:
    """Returns the tool that sentences come by.

    A server that holds a model to it lets it name only what is there; without the limits a weak model never ends its lists. Texts
    have none: a grammar of llama.cpp that counts characters writes a word in a minute.
    """
    about = [it.alternative for it in _told(proposal, most)]
    cites = {"type": "array", "items": one_of(told_ids(proposal, most)), "maxItems": CITES_TOLD_MAX}
    sentence = {
        "type": "object",
        "properties": {
            "alternative": {"type": "string", "enum": about},
            "text": {"type": "string"},
            "cites": cites,
        },
        "required": ["alternative", "text", "cites"],
        "additionalProperties": False,
    }
    sentences = {"type": "array", "items": sentence, "maxItems": min(2 * len(about), SENTENCES_MAX)}
    schema = {
        "type": "object",
        "properties": {"sentences": sentences},
        "required": ["sentences"],
        "additionalProperties": False,
    }
    return Tool("words", "Sentences about the rulings, the chosen alternative first.", canonical(schema))


def evidence_text(proposal: Proposal, most: int, *, left_out: str = "", turned: str = "") -> str:
    """Returns the evidence that the rulings rest on, a few lines each; one may be left out, or the verdict of one turned round."""
    told = set(told_ids(proposal, most)) - {left_out}
    lines: list[str] = []
    for evidence in proposal.evidence:
        if evidence.id in told:
            lines += _evidence_lines(evidence, is_turned=evidence.id == turned)
    return "\n".join(lines)


def _told(proposal: Proposal, most: int | None) -> tuple[Ruling, ...]:
    assert proposal.decision is not None, "words are about rulings"
    return proposal.decision.rulings[:most]


def _ruling_lines(ruling: Ruling, proposal: Proposal) -> Iterator[str]:
    title = proposal.alternative(ruling.alternative).title
    rank = f", rank {ruling.rank}" if ruling.rank else ""
    yield f"{ruling.alternative} ({title}): {ruling.outcome}{rank}, by {ruling.rule}"
    for claim in _claims_told(ruling):
        yield f"  {claim.text} [{', '.join(claim.cites)}]"


def _claims_told(ruling: Ruling) -> list[Claim]:
    return [it for it in ruling.claims if len(it.cites) <= CITES_TOLD_MAX][:CLAIMS_TOLD_MAX]


def _evidence_lines(evidence: Evidence, *, is_turned: bool) -> Iterator[str]:
    verdict = {"pass": "fail", "fail": "pass"}.get(evidence.verdict, "unknown") if is_turned else evidence.verdict
    figures = [f"{it.name} {it.value:g}" for it in evidence.measures if not it.is_volatile and it.value]
    # What was found says how it came to its verdict, and would give a turned one away.
    told = "" if is_turned or not figures else ": " + ", ".join(figures[:FIGURES_TOLD_MAX])
    yield f"{evidence.id} ({evidence.alternative}, {evidence.check}, {verdict}){told}"
    told_first = [it for it in evidence.findings if it.severity != "note"] or evidence.findings
    for finding in () if is_turned else told_first[:FINDINGS_TOLD_MAX]:
        where = f" ({finding.span})" if finding.span else ""
        yield f"  {finding.severity}: {finding.message[:MESSAGE_LENGTH_MAX]}{where}"


def _accepted(answer: Any, proposal: Proposal) -> tuple[Sentence, ...]:
    rows = answer.get("sentences") if isinstance(answer, dict) and set(answer) == {"sentences"} else None
    if not isinstance(rows, list) or not 0 < len(rows) <= SENTENCES_MAX:
        raise Unacceptable(f"Give the key sentences with 1 to {SENTENCES_MAX} of them, and no other.")
    sentences = tuple(dict.fromkeys(_sentence(row, number) for number, row in enumerate(rows, 1)))
    problems = [
        f"Sentence {number}: {problem}"
        for number, sentence in enumerate(sentences, 1)
        for problem in problems_of(sentence, proposal)
    ]
    for alternative in dict.fromkeys(it[0] for it in sentences):
        if sum(it[0] == alternative for it in sentences) > OF_ONE_MAX:
            problems.append(f"There are more than {OF_ONE_MAX} sentences about {alternative}.")
    if problems:
        left = len(problems) - PROBLEMS_TOLD_MAX
        more = f" And {left} more problems." if left > 0 else ""
        raise Unacceptable(" ".join(problems[:PROBLEMS_TOLD_MAX]) + more)
    return sentences


def _sentence(row: Any, number: int) -> Sentence:
    if isinstance(row, dict) and set(row) == {"alternative", "text", "cites"}:
        alternative, text, cites = row["alternative"], row["text"], row["cites"]
        is_list = isinstance(cites, list) and all(isinstance(id, str) for id in cites)
        if isinstance(alternative, str) and isinstance(text, str) and is_list:
            return alternative, " ".join(text.split(" ")).strip(), tuple(dict.fromkeys(cites))
    raise Unacceptable(f"Sentence {number} needs alternative and text as strings, and cites as a list of strings.")
