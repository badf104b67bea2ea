"""Words and letters that every face uses for the same things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.domain.alternative import Alternative
    from copilot.domain.decision import Postponed, Ruling
    from copilot.domain.evidence import Finding, Verdict
    from copilot.domain.operation import ChangeRequest
    from copilot.domain.pipeline import Decoder
    from copilot.domain.proposal import Proposal

VERDICT_WORDS: Mapping[Verdict, str] = {"pass": "pass", "fail": "FAIL", "unknown": "unknown", "not-applicable": "n/a"}
VERDICT_SIGNS: Mapping[Verdict, str] = {"pass": "✓", "fail": "✗", "unknown": "?", "not-applicable": "–"}
OUTCOME_WORDS: Mapping[str, str] = {
    "chosen": "chosen",
    "acceptable": "acceptable",
    "unproved": "unproved",
    "refused": "refused",
}
_READER_WORDS = {
    "writer": "reads as written",
    "own": "reads with a schema of its own",
    "single": "takes its own schema for the writer's, too",
    "unknown": "reader schema unknown",
}
_ID = re.compile(r"[a-z][a-z0-9-]*-[0-9a-f]{6}(?![\w-])")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def signed(verdict: Verdict) -> str:
    """Returns a verdict as a sign and a word, so that neither colour nor shape alone carries it."""
    return f"{VERDICT_SIGNS[verdict]} {VERDICT_WORDS[verdict]}"


def with_place(finding: Finding) -> str:
    """Returns what a finding says with the line of code that it is about, where it does not name that itself.

    Of a schema it names the field; which line of code fails is what somebody looks for first.
    """
    span = finding.span
    if span is None or not span.path.endswith(".py") or span.path in finding.message:
        return finding.message
    return f"{finding.message.rstrip('.')} ({span.path}:{span.first_line})."


def letters_of(proposal: Proposal) -> dict[str, str]:
    """Returns a letter for each alternative in their order: A, B, …, Z, A2, B2, …"""
    return letters_for(proposal.alternatives)


def letters_for(alternatives: Iterable[Alternative]) -> dict[str, str]:
    """Returns the same of alternatives in their order."""
    return {alternative.id: letter_of(number) for number, alternative in enumerate(alternatives)}


def letter_of(number: int) -> str:
    """Returns the letter of the alternative that so many others stand before."""
    round_number, place = divmod(number, len(_LETTERS))
    return _LETTERS[place] + (str(round_number + 1) if round_number else "")


def in_letters(text: str, letters: Mapping[str, str]) -> str:
    """Returns the text with the letter of each alternative in the place of its id, as tables for people have them."""
    return _ID.sub(lambda found: letters.get(found[0], found[0]), text)


def outcome_of(ruling: Ruling) -> str:
    """Returns the outcome with its rank where there is one, e.g. "acceptable, rank 2"."""
    word = OUTCOME_WORDS[ruling.outcome]
    return f"{word}, rank {ruling.rank}" if ruling.outcome in ("acceptable", "unproved") else word


def outcome_and_rule(ruling: Ruling) -> tuple[str, str]:
    """Returns the outcome as `outcome_of` and the rule; the checks that could not be settled stand with the outcome, said once."""
    outcome, rule = outcome_of(ruling), ruling.rule
    word = OUTCOME_WORDS["unproved"]
    if ruling.outcome == "unproved" and rule.startswith(f"{word} (") and "), " in rule:
        left_open, _, rule = rule.partition("), ")
        outcome = outcome.replace(word, f"{left_open})", 1)
    return outcome, rule


def asked_words(request: ChangeRequest) -> str:
    """Returns what was asked for in one line."""
    return " ".join(request.text.split()) or "operations given as JSON"


def counted(count: float, one: str, many: str = "") -> str:
    """Returns a count with its noun in the right number: "1 field", "3 fields"."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Returns "a", "a and b", "a, b and c"."""
    names = list(items)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def postponed_words(postponed: Postponed) -> str:
    """Returns a "not now" in words: until when, by whom, and with which note."""
    until = f" until {postponed.until}" if postponed.until else ""
    when = f" until {postponed.when}" if postponed.when else ""
    note = f": {postponed.note}" if postponed.note else ""
    return f"postponed{until}{' or' if until and when else ''}{when}, by {postponed.by}{note}"


def decoder_words(decoder: Decoder, is_reading: bool) -> str:
    """Returns which implementation encodes or decodes, and as which schema it reads."""
    library = "decoder unknown" if decoder.library == "unknown" else decoder.library
    return f"{library}, {_READER_WORDS[decoder.reader_schema]}" if is_reading else library


def with_owners(jobs: Iterable[str], proposal: Proposal) -> list[str]:
    """Returns the jobs, each with its owner where one is known: "features (owner ml@shop.example.com)"."""
    owners = dict(proposal.reading.owners) if proposal.reading else {}
    return [f"{job} (owner {owners[job]})" if job in owners else job for job in jobs]
