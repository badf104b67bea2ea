"""What checks counted, and why one had nothing to look at, in words. Names that a plug-in brings are told as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.domain.evidence import Evidence, Measure
from copilot.reasons.merits import MERITS, SoftRule

_NUMBERED = re.compile(r"(?P<name>.+)_(?P<number>\d+)")
_COUNTED: Mapping[str, Mapping[str, str]] = {
    "challenge": {
        "cases": "cases made up against it",
        "cases_executed": "cases executed",
        "cases_failing": "cases in which it fails",
    },
    "commands": {"commands": "commands run", "took_seconds": "seconds that command {number} took"},
    "compatibility": {
        "subjects_changed": "schemas that change",
        "versions_checked": "versions held against it",
        "pairs_checked": "pairs of writer and reader looked at",
        "pairs_failed": "pairs in which the reader can't read",
        "pairs_failed_beyond_level": "such pairs that the level doesn't ask for",
        "meaning_changes": "changes of what values mean",
        "levels_violated": "pairs of the history that break the level",
    },
    "contract": {
        "producers": "jobs that write it",
        "consumers": "jobs that read it",
        "fields_required": "fields that those need",
        "required_seen_written": "needed fields that are seen written",
    },
    "preconditions": {"claims": "things that it presupposes", "claims_holding": "of which are so"},
    "replay": {
        "records": "records sent",
        "versions": "versions that wrote them",
        "decoders": "decoders that read them",
        "values_compared": "values compared",
        "defaults_used": "values that came from a default",
        "lost": "values lost",
        "changed": "values changed",
        "refused": "records refused",
        "recorded": "recorded records among those sent",
        "mapped": "values that changed as was asked",
    },
    "rollout": {
        "deployments": "jobs to deploy",
        "wires": "ways that records take between jobs",
        "states_explored": "states on the way that were looked at",
    },
    "scope": {
        "files": "files changed",
        "edits": "edits planned",
        "lines_added": "lines added",
        "lines_removed": "lines removed",
        "lines_layout_only": "lines changed in their layout only",
    },
    "sinks": {
        "sinks": "tables that are filled from it",
        "altered_by_hand": "changes of tables by hand",
        "impossible": "changes that no table can take",
    },
    "syntax": {"files_parsed": "files parsed", "files_not_parsed": "files that nothing here can parse"},
    "undo": {"patches": "patches applied and reversed", "files_restored": "files back byte for byte"},
    "usage": {
        "operations": "changes asked for",
        "operations_done": "of which it makes itself",
        "consumers": "jobs that read it",
        "producers": "jobs that write it",
        "producers_touched": "writing jobs that it edits",
        "uses": "uses of what changes",
        "uses_edited": "uses that it edits",
        "key_uses": "uses as a key",
        "blind_spots": "places where a field may be named that can't be read",
        "gaps": "places that could not be read",
    },
    "wishes": {"days_wished": "days for which the old is to stay"},
}
_RANKED = {(it.check, it.measure): it.unit for it in MERITS if isinstance(it, SoftRule)}
_NO_FILE = "It changes no file, so there is nothing to look at."
_NOTHING_FOR: Mapping[str, str] = {
    "challenge": "None of the cases that were made up against it was executed.",
    "compatibility": "It changes no schema.",
    "contract": "It changes no schema that a job is known to read or write.",
    "preconditions": "It presupposes nothing that can be looked up.",
    "replay": "No schema that it changes was there before, so no records of an earlier version are read by it.",
    "rollout": "Its edits deploy no jobs that send each other what changes, so there is no order to explore; "
    "what is left to people is not explored.",
    "sinks": "No table is known that is filled from what it changes.",
    "syntax": "It leaves no file that could be parsed.",
    "wishes": "It replaces nothing that the request wants to keep.",
}


def measure_words(check: str, measure: Measure) -> str:
    """Returns what a check counted, and how much: "places to change by hand: 2"."""
    numbered = _NUMBERED.fullmatch(measure.name)
    name = numbered["name"] if numbered else measure.name
    known = _RANKED.get((check, name)) or _COUNTED.get(check, {}).get(name)
    if known is None:
        said = measure.name.replace("_", " ")
        known = said if measure.unit in said.split() else f"{said}, in {measure.unit}"
    elif numbered:
        known = known.format(number=numbered["number"])
    return f"{known}: {measure.value:g}"


def why_not_applicable(evidence: Evidence) -> str:
    """Returns why a check had nothing to look at; "" where it had, or where its own findings say so."""
    if evidence.verdict != "not-applicable" or evidence.findings:
        return ""
    if not any(name.startswith("patch.") for name, _ in evidence.recipe.inputs):
        return _NO_FILE
    return _NOTHING_FOR.get(evidence.check, "It found nothing here that it is about.")
