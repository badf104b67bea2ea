"""What a decision of the past was, and which words are found in it. Pure: `recall` reads them.

A decision is known from a proposal's own file, or from the record that somebody committed with a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.operation import ChangeRequest, operation_object
from copilot.domain.proposal import Proposal
from copilot.reasons.words import asked_words, letter_of, letters_of

NO_WORDS = ("rejected", "undone", "postponed")
"""Deeds by which a person said no, or not now."""
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done about a decision: "approved", "rejected", "postponed", "applied" or "undone"; `by` is "" where nobody is named.

    `note` is what the person wrote, or the branch that came of it.
    """

    word: str
    at: str
    by: str = ""
    note: str = ""
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """An alternative as it was judged: by which rule, why in sentences, and the verdict of each check."""

    id: str
    letter: str
    title: str
    strategy: str
    outcome: str
    rule: str = ""
    why: tuple[str, ...] = ()
    verdicts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A decision of the past. `source` is the path of a committed record, "" in the store.

    `operations` are canonical JSON texts, `keys` what each is about.
    """

    id: str
    state: str
    at: str
    asked: str
    operations: tuple[str, ...]
    keys: frozenset[tuple[str, ...]]
    base: str
    asked_by: str = ""
    chosen: str = ""
    ways: tuple[Way, ...] = ()
    deeds: tuple[Deed, ...] = ()
    source: str = ""

    def way(self, id: str) -> Way | None:
        return next((it for it in self.ways if it.id == id), None)

    @property
    def refused(self) -> tuple[Way, ...]:
        """The ways that the evidence refused; that changing nothing does not do what was asked tells nobody anything."""
        return tuple(it for it in self.ways if it.outcome == "refused" and it.id != NOTHING)

    @property
    def no(self) -> Deed | None:
        """The last deed by which a person said no, or not now; None where none did or it was approved since."""
        last = self.deeds[-1] if self.deeds else None
        return last if last is not None and last.word in NO_WORDS else None


def operation_keys(operations: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, ...]]:
    """Returns what each operation is about: its kind, subject, record, field and topic."""
    named = ("op", "subject", "record", "field", "topic")
    return frozenset(tuple(str(it.get(name) or "") for name in named) for it in operations)


def keys_of(request: ChangeRequest) -> frozenset[tuple[str, ...]]:
    """Returns the same of a request."""
    return operation_keys(operation_object(it) for it in request.operations)


def past_of(proposal: Proposal, at: str) -> Past:
    """Returns what a proposal will have been; `at` is the time of its last record."""
    objects = [operation_object(it) for it in proposal.request.operations]
    return Past(
        proposal.id,
        proposal.state,
        at,
        asked_words(proposal.request),
        tuple(sorted(map(canonical, objects))),
        operation_keys(objects),
        proposal.request.commit,
        proposal.request.asked_by,
        proposal.decision.chosen if proposal.decision else "",
        _ways(proposal),
        _deeds(proposal),
    )


def past_in_record(found: Mapping[str, Any], source: str, day: str) -> Past:
    """Returns what a committed record tells (`reasons.document.record_document`); `day` stands in where it names no time.

    Raises KeyError, TypeError or AttributeError for JSON that is no such record.
    """
    operations = list(found["operations"])
    decision = found.get("decision") or {}
    evidence = found.get("evidence") or ()
    titles = {it["id"]: it["title"] for it in found.get("alternatives") or ()}
    rulings = {it["alternative"]: it for it in decision.get("rulings") or ()}
    ways = []
    for number, it in enumerate(found.get("alternatives") or ()):
        ruling = rulings.get(it["id"], {})
        claims = tuple(str(claim["text"]) for claim in ruling.get("claims") or () if not claim.get("background"))
        verdicts = tuple((str(one["check"]), str(one["verdict"])) for one in evidence if one["alternative"] == it["id"])
        outcome = str(ruling.get("outcome", "not decided"))
        ways.append(
            Way(
                str(it["id"]),
                letter_of(number),
                str(it["title"]),
                str(it["strategy"]),
                outcome,
                str(ruling.get("rule", "")),
                claims,
                verdicts,
            )
        )
    deeds = [
        Deed("approved", str(it["at"]), str(it["by"]), str(it["note"]), str(titles.get(it["alternative"], "")))
        for it in found.get("approvals") or ()
    ]
    at = deeds[-1].at if deeds else day
    # The record is written as the change is put on its branch, while the proposal is still only approved.
    state = "undone" if found.get("state") == "undone" else "applied"
    return Past(
        str(found["proposal"]),
        state,
        at,
        " ".join(str(found.get("request") or "").split()) or "operations given as JSON",
        tuple(sorted(map(canonical, operations))),
        operation_keys(operations),
        str(found["base"]),
        str(found.get("asked_by") or ""),
        str(decision.get("chosen") or ""),
        tuple(ways),
        (*deeds, *([Deed("undone", at)] if state == "undone" else ())),
        source,
    )


def is_about(past: Past, words: str) -> bool:
    """Tells whether each word stands somewhere in what was asked, decided, refused or noted; upper and lower case are the same."""
    about = (past.id, past.state, past.at, past.asked, past.asked_by, past.base, past.source, *past.operations)
    ways = (line for it in past.ways for line in (it.title, it.strategy, it.outcome, it.rule, *it.why))
    deeds = (line for it in past.deeds for line in (it.word, it.at, it.by, it.note))
    text = "\n".join((*about, *ways, *deeds)).lower()
    return all(word in text for word in words.lower().split())


def deed_words(deed: Deed) -> str:
    """Returns what was done, when, by whom, and the note: "rejected 2026-03-02 by Ada: breaks the dashboard"."""
    by = f" by {deed.by}" if deed.by else ""
    of = f", {deed.alternative}" if deed.alternative else ""
    return f"{deed.word} {deed.at[:10]}{by}{of}" + (f": {deed.note}" if deed.note else "")


def refused_words(way: Way) -> str:
    """Returns which way the evidence refused, by which rule, and the first reason."""
    return f"refused {way.letter}, {way.title}: {way.rule}. {way.why[0] if way.why else ''}".rstrip()


def _ways(proposal: Proposal) -> tuple[Way, ...]:
    letters = letters_of(proposal)
    rulings = {it.alternative: it for it in proposal.decision.rulings} if proposal.decision else {}
    ways = []
    for it in proposal.alternatives:
        ruling = rulings.get(it.id)
        claims = tuple(claim.text for claim in ruling.claims if not claim.is_background) if ruling else ()
        verdicts = tuple((one.check, one.verdict) for one in proposal.evidence_of(it.id))
        outcome, rule = (ruling.outcome, ruling.rule) if ruling else ("not decided", "")
        ways.append(Way(it.id, letters[it.id], it.title, it.strategy, outcome, rule, claims, verdicts))
    return tuple(ways)


def _deeds(proposal: Proposal) -> tuple[Deed, ...]:
    titles = {it.id: it.title for it in proposal.alternatives}
    deeds = [Deed("approved", it.at, it.by, it.note, titles.get(it.alternative, "")) for it in proposal.approvals]
    deeds += [Deed("rejected", it.at, it.by, it.note, titles.get(it.alternative, "")) for it in proposal.rejections]
    deeds += [
        Deed("applied", it.at, "", f"branch {it.branch}", titles.get(it.alternative, "")) for it in proposal.applied
    ]
    if proposal.postponed is not None:
        until = " ".join(it for it in (proposal.postponed.until, proposal.postponed.when) if it)
        note = "; ".join(it for it in (proposal.postponed.note, f"until {until}" if until else "") if it)
        deeds.append(Deed("postponed", proposal.postponed.at, proposal.postponed.by, note))
    deeds += [Deed("undone", it.at, "", f"branch {it.branch}") for it in proposal.undone]
    return tuple(sorted(deeds, key=lambda it: it.at))
