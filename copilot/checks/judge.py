"""Which difference is an error?

A pair is *demanded* where the subject's level asks for it. Which old reader meets new data while a phase goes out hangs on the
order of deploys, and is asked in `rollout`; new readers meet old data in any order.

| difference                                | demanded | new reader, data of the state before | any other pair |
| ----------------------------------------- | -------- | ------------------------------------ | -------------- |
| refused (can't be decoded)                | error    | warning                              | warning        |
| lost, defaulted, changed, collapsed,      | error    | error where a use reads the value    | warning        |
| left-over bytes                           |          |                                         |                |
| dropped (field gone, nobody asked for it) | error    | error where a use reads the value    | warning        |
| imprecise (declared conversion rounds)    | warning  | warning                              | warning        |
| a decoder's own quirk (`quirks`)          | warning  | warning                              | warning        |

What the present schema drops already is a note: this change does not drop it. Nothing is an error where an earlier gate waits
until such records have left the topics (`_is_waited_for`), unless a topic keeps them for ever; nor where a symbol that the request
is about becomes one that says by its name that nothing is known.

An error needs a decoder in use: one that a known consumer of the subject uses. Where consumers or their decoders are not
known, an error stands if all decoders agree, and the verdict is unknown if they don't. A decoder that no known consumer uses
gives notes; one that consumers use with one local schema for both sides resolves nothing there, so it gives errors only where all
agree. A decoder that can't encode the samples says nothing: the verdict is unknown where it is in use. Consumers that
read with a schema of their own are asked about in `wires`, which has its own rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copilot.checks.declared import Declared, at_or_below
from copilot.checks.lineage import Lineage, demanded
from copilot.checks.meetings import NO_AVRO
from copilot.checks.roundtrip import Seen
from copilot.domain.evidence import Finding, Severity
from copilot.domain.fieldtype import says_unknown
from copilot.domain.operation import RemoveSymbol, RenameSymbol
from copilot.domain.pipeline import LIBRARY_OF, Mode
from copilot.ports import Case, DecoderUnderTest

BACKFILL = "backfill"
_READING: frozenset[Mode] = frozenset({"reads", "keys", "compares", "computes", "passes"})
WORDS = {
    "lost": "is lost",
    "defaulted": "is replaced by the reader's default",
    "changed": "comes back changed",
    "collapsed": "collapses to another symbol",
    "dropped": "is dropped, which nobody asked for",
    "imprecise": "is rounded",
}


@dataclass(frozen=True, slots=True)
class Judge:
    """Applies the table of the module to what was seen."""

    lineage: Lineage
    case: Case
    declared: Declared
    relevance: dict[str, str]
    asked: frozenset[str]

    def finding(self, seen: Seen, others: Iterable[Seen]) -> Finding:
        """Returns what was seen as a finding of the right severity."""
        relevance = self.relevance[seen.decoder]
        is_fatal, was_so = self._is_fatal(seen), self._was_dropped(seen)
        is_error = is_fatal and (
            relevance == "used" or (relevance in ("possible", "single") and self._all_agree(seen, others))
        )
        # What nobody decodes with is worth knowing, and nothing to act on.
        severity: Severity = "error" if is_error else "note" if was_so or relevance == "unused" else "warning"
        message = f"{seen.decoder}: {seen.text(WORDS)}"
        if relevance == "unused" and is_fatal:
            message += f" No known consumer uses {seen.decoder}."
        if relevance == "single" and is_fatal and not is_error:
            message += f" Consumers use {seen.decoder} with one local schema, which resolves nothing."
        if was_so:
            message += " It was so before this change."
        return Finding(
            f"replay.{seen.rule}{'-before' if was_so else ''}",
            severity,
            message,
            None,
            self.lineage.name,
            seen.path,
            seen.pair.phase,
            self._fix(seen),
        )

    def is_open(self, seen: Seen, others: Iterable[Seen]) -> bool:
        """Tells whether the verdict hangs on which decoder the consumers use."""
        return (
            self._is_fatal(seen)
            and self.relevance[seen.decoder] == "possible"
            and not self._all_agree(seen, others)
            and "used" not in self.relevance.values()
        )

    def outlives_history(self, phase: int) -> bool:
        """Tells whether no record of the history is left by that phase: a gate waited, and each topic's retention is known."""
        base = self.case.base
        links = [link for link in base.links if link.subject == self.lineage.name and not link.forwards]
        known = [base.retention_of(link.endpoint.name) for link in links]
        rewritten = self._rewritten(phase)
        is_finite = bool(known) and all(it and (it.days is not None or it.topic in rewritten) for it in known)
        return is_finite and self._has_waited(phase)

    def waits_for_the_end(self, phase: int) -> bool:
        """Tells whether a gate before that phase waits until no record of the history is left, and no topic keeps some for ever."""
        return self._has_waited(phase) and not self._is_kept_for_ever(phase)

    def _has_waited(self, phase: int) -> bool:
        """Tells whether a gate before this phase waits until older records are gone."""
        return any(gate.outlasts_retention for gate in self.case.alternative.gates_before(phase))

    def _gone(self, phase: int) -> frozenset[str]:
        """Returns the versions, by what they mean, whose records such a gate waits for."""
        alternative = self.case.alternative
        if any(one.gate and one.gate.outlasts_retention for one in alternative.phases[:phase]):
            return frozenset(it.meaning for it in self.lineage.history)
        return frozenset(alternative.waited.gone if alternative.waited else ())

    def _is_fatal(self, seen: Seen) -> bool:
        if seen.kind in ("imprecise", "quirk") or self._was_dropped(seen):
            return False
        if self._is_waited_for(seen) or self.is_honest(seen):
            return False
        pair = seen.pair
        if (pair.direction, pair.age) in demanded(self.lineage.subject.compatibility):
            return True
        if pair.direction != "backward":
            return False
        if self._waits_in_vain(pair.phase) and pair.writer.meaning in self._gone(pair.phase):
            return seen.kind == "refused" or self._is_read(seen.path)
        return seen.kind != "refused" and pair.age == "previous" and self._is_read(seen.path)

    def _waits_in_vain(self, phase: int) -> bool:
        """Tells whether a gate waits until older records are gone, and a topic keeps them for ever: no level makes up for that."""
        return self._has_waited(phase) and self._is_kept_for_ever(phase)

    def _was_dropped(self, seen: Seen) -> bool:
        """Tells whether readers with the present schema drop the field, too: an earlier version took it away."""
        latest = self.lineage.base.latest if self.lineage.base else None
        return seen.kind == "dropped" and latest is not None and all(it.path != seen.path for it in latest.fields)

    def _is_waited_for(self, seen: Seen) -> bool:
        """Tells whether such records are gone by then: those with a symbol that is removed, or all of the history.

        That a removed symbol is written no more is what its gate counts; how long the rest stays only `copilot.toml` knows.
        """
        if (
            not self._has_waited(seen.pair.phase)
            or seen.pair.direction != "backward"
            or self._is_kept_for_ever(seen.pair.phase)
        ):
            return False
        if any(at_or_below(seen.path, path) for path in self.declared.removed_symbols):
            return True
        gone = {it.symbol for it in self.case.request.operations if isinstance(it, RemoveSymbol | RenameSymbol)}
        if seen.kind == "refused" and any(re.search(rf"\b{re.escape(symbol)}\b", seen.read) for symbol in gone):
            return True
        return seen.pair.writer.meaning in self._gone(seen.pair.phase) and self.outlives_history(seen.pair.phase)

    def _rewritten(self, phase: int) -> set[str]:
        """The topics whose stored records are written again before that phase: by a job that a patch brings, or brought before."""
        said = [it for gate in self.case.alternative.gates_before(phase) for it in gate.rewritten]
        return {it.topic for it in said if self._has_job(it.path, phase)}

    def _has_job(self, path: str, phase: int) -> bool:
        changes = [(patch.phase, it) for patch in self.case.patches for it in patch.changes if it.path == path]
        if changes:
            return any(it.before is not None or (at < phase and it.after is not None) for at, it in changes)
        alternative = self.case.alternative
        return alternative.waited is not None and not any(BACKFILL in it.name for it in alternative.phases)

    def _is_kept_for_ever(self, phase: int) -> bool:
        """Tells whether a topic keeps records for ever from which no phase before took them by writing them again."""
        links = self.case.base.links_of(self.lineage.name, "produces") + self.case.base.links_of(
            self.lineage.name, "consumes"
        )
        known = [self.case.base.retention_of(link.endpoint.name) for link in links]
        rewritten = self._rewritten(phase)
        return any(it is not None and it.days is None and it.topic not in rewritten for it in known)

    def is_honest(self, seen: Seen) -> bool:
        """Tells whether a symbol that the request is about became one that says that nothing is known."""
        is_asked = any(at_or_below(seen.path, path) for path in self.declared.replaced)
        # Where the schema names an enum that it defines elsewhere, what collapsed counts as changed.
        is_other = seen.kind in ("collapsed", "changed")
        return is_other and is_asked and says_unknown(seen.read.strip("'"))

    def _is_read(self, path: str) -> bool:
        maps = (self.case.base, *self.case.states)
        return any(
            use.subject == self.lineage.name
            and use.mode in _READING
            and not use.is_test
            and at_or_below(path, use.path)
            for read in maps
            for use in read.uses
        )

    def _all_agree(self, seen: Seen, others: Iterable[Seen]) -> bool:
        agreeing = {
            it.decoder
            for it in others
            if it.kind and it.pair == seen.pair and (not it.path or not seen.path or it.path == seen.path)
        }
        return self.asked <= agreeing

    def _fix(self, seen: Seen) -> str:
        if (
            seen.kind in ("lost", "defaulted", "refused")
            and self.declared.renamed
            and seen.pair.direction == "backward"
        ):
            return "Give the new field an alias for every earlier name, or write both fields for a while."
        return ""


def relevance_of(lineage: Lineage, case: Case, decoders: Sequence[DecoderUnderTest]) -> dict[str, str]:
    """Tells of each decoder whether a known consumer uses it: "used", "single", "possible" or "unused".

    "single" is used by consumers that take their own schema for the writer's, so that nothing is resolved; `rollout` asks what
    they make of other bytes. Where a consumer's decoder is not known, or is one that is not run here, every one may stand for it.
    """
    links = case.base.links_of(lineage.name, "consumes")
    uses = {(link.decoder.library, link.decoder.reader_schema) if link.decoder else ("unknown", "") for link in links}
    libraries = {LIBRARY_OF.get(library, library): "single" for library, _ in uses}
    libraries |= {LIBRARY_OF.get(library, library): "used" for library, schema in uses if schema != "single"}
    is_open = not links or bool(libraries.keys() - NO_AVRO - {it.name for it in decoders})
    return {it.name: libraries.get(it.name, "possible" if is_open else "unused") for it in decoders}
