"""Does the patch touch what the alternative's edits name, and nothing else: no settings of git or of the build, no links?

And does the plan bring all of it out (`carried`)?
Also measures the patch, between one phase and the next, and how many of its lines changed in nothing but their layout.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from copilot.checks.carried import carried_findings
from copilot.checks.evidence import make_evidence
from copilot.checks.unasked import unasked_lines
from copilot.checks.unmade import unmade_edits
from copilot.domain.alternative import SchemaEdit
from copilot.domain.evidence import Evidence, Finding, Measure
from copilot.domain.free_form import hidden_in, is_free_form, is_protected, why_kept_out
from copilot.domain.lines import changed_runs, split_lines
from copilot.domain.operation import ChangeLevel
from copilot.domain.patch import FileChange, Patch
from copilot.domain.source import Snapshot, Span
from copilot.ports import Bench, Case
from copilot.settings import SETTINGS_PATH

LINK_MODES = {"120000": "a link", "160000": "a submodule"}
FREE_FORM = "scope.free-form"
_PATHS_SHOWN = 4
_EMPTY_FIX = "Say what it should change, or leave it to people altogether."


class ScopeCheck:
    """Compares the files of every patch with the edits of its phase."""

    name = "scope"
    version = 4

    def run(self, case: Case, bench: Bench) -> Evidence:
        """Returns the evidence; an alternative that changes nothing stays in any scope."""
        if not case.patches:
            return make_evidence(self.name, self.version, case, verdict="not-applicable")
        snapshot = bench.tree.snapshot
        findings = [finding for patch in case.patches for finding in _findings(case, patch, snapshot)]
        findings += [finding for patch in case.patches for finding in unasked_lines(case.alternative, patch)]
        findings += [finding for patch in case.patches for finding in unmade_edits(case.alternative, patch)]
        findings += carried_findings(case)
        if not any(patch.changes for patch in case.patches):
            findings.append(Finding("scope.empty", "error", "The alternative changes no file.", fix=_EMPTY_FIX))
        findings += _written_by_a_model(case)
        added, removed, moved = _sizes(case.patches)
        if moved:
            findings.append(Finding("scope.layout-changed", "warning", f"{moved} lines change in their layout only."))
        edits = {edit for phase in case.alternative.phases for edit in phase.edits}
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict="fail" if any(finding.severity == "error" for finding in findings) else "pass",
            measures=(
                Measure("files", len({change.path for patch in case.patches for change in patch.changes}), "files"),
                Measure("edits", len(edits), "edits"),
                Measure("lines_added", added, "lines"),
                Measure("lines_removed", removed, "lines"),
                Measure("lines_layout_only", moved, "lines"),
            ),
            findings=findings,
        )


def _is_level_asked_for(case: Case, change: FileChange) -> bool:
    """Tells whether a change of the settings sets levels and nothing else, where another level is what was asked for."""
    asked = any(isinstance(it, ChangeLevel) for it in case.request.operations)
    if not asked or change.path != SETTINGS_PATH or change.after is None:
        return False
    try:
        tables = [tomllib.loads(text) for text in (change.before or "", change.after)]
    except tomllib.TOMLDecodeError:
        return False
    rest = [{name: table for name, table in it.items() if name != "compatibility"} for it in tables]
    return rest[0] == rest[1]


def _written_by_a_model(case: Case) -> Iterator[Finding]:
    """What nobody but a model has written before a person looks at it."""
    if is_free_form(case.alternative):
        edits = [edit for phase in case.alternative.phases for edit in phase.edits if not isinstance(edit, SchemaEdit)]
        paths = sorted({edit.path for edit in edits})
        more = f" and {len(paths) - _PATHS_SHOWN} more" if len(paths) > _PATHS_SHOWN else ""
        text = f"A model wrote text of its own into {', '.join(paths[:_PATHS_SHOWN])}{more}."
        for edit in edits:
            if hidden := hidden_in(edit):
                text_of = f"A model wrote {hidden} into {edit.path}, which nobody can see."
                yield Finding("scope.hidden-text", "error", text_of, Span(edit.path, 1, 1), fix="Leave it out.")
        yield Finding(FREE_FORM, "warning", text, Span(paths[0], 1, 1), fix="Read every line of it.")


def _findings(case: Case, patch: Patch, snapshot: Snapshot) -> Iterator[Finding]:
    phase = case.alternative.phases[patch.phase]
    named = {edit.source.path if isinstance(edit, SchemaEdit) else edit.path for edit in phase.edits}
    modes = {entry.path: entry.mode for entry in snapshot.entries}
    free = (
        {edit.path for edit in phase.edits if not isinstance(edit, SchemaEdit)}
        if is_free_form(case.alternative)
        else ()
    )
    for change in patch.changes:
        path = change.path
        if path not in named:
            yield _error(patch, path, "scope.not-asked", f"No edit of the alternative names {path}.")
        if is_protected(path) and not _is_level_asked_for(case, change):
            yield _error(patch, path, "scope.protected", f"{path} is not for a change of the pipeline to touch.")
        elif path in free and (why := why_kept_out(path, is_new=change.before is None)):
            yield _error(patch, path, "scope.kept-out", f"{path} {why}, so no text of a model goes there.")
        for part, mode in _on_the_way(path, modes):
            yield _error(patch, path, "scope.link", f"{part} is {LINK_MODES[mode]}, and is not followed.")
        if change.before is None and path in modes:
            yield _error(patch, path, "scope.exists", f"{path} is created, but exists already.")


def _on_the_way(path: str, modes: dict[str, str]) -> Iterator[tuple[str, str]]:
    parts = path.split("/")
    for length in range(1, len(parts) + 1):
        part = "/".join(parts[:length])
        if modes.get(part) in LINK_MODES:
            yield part, modes[part]


def _error(patch: Patch, path: str, rule: str, message: str) -> Finding:
    return Finding(rule, "error", message, Span(path, 1, 1), phase=patch.phase, fix="Leave this file out.")


def _sizes(patches: tuple[Patch, ...]) -> tuple[int, int, int]:
    """Returns lines added, removed, and changed in layout only, summed over the steps from each phase to the next."""
    added = removed = moved = 0
    state: dict[str, str] = {}
    for patch in patches:
        base = {change.path: change.before or "" for change in patch.changes}
        after = {change.path: change.after or "" for change in patch.changes}
        gone_back = {path: _base_text(patches, path) for path in state if path not in after}
        for path, text in sorted({**gone_back, **after}.items()):
            lines = _changed_lines(state.get(path, base.get(path, "")), text)
            added, removed, moved = added + lines[0], removed + lines[1], moved + lines[2]
        state = after
    return added, removed, moved


def _base_text(patches: tuple[Patch, ...], path: str) -> str:
    return next(change.before or "" for patch in patches for change in patch.changes if change.path == path)


def _changed_lines(before: str, after: str) -> tuple[int, int, int]:
    old, new = split_lines(before), split_lines(after)
    added = removed = moved = 0
    for run in changed_runs(old, new):
        gone, come = old[run.old_start : run.old_end], new[run.new_start : run.new_end]
        bare = {"".join(line.split()) for line in come}
        moved += sum("".join(line.split()) in bare for line in gone if line.strip())
        added, removed = added + len(come), removed + len(gone)
    return added, removed, moved
