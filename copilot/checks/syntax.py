"""Is every file that the patch leaves behind still what it was before: Python that parses, a schema, valid JSON or TOML?

Modules of the repository that the patch begins to import, and schemas that a new program names, have to be there as well.
What the battery cannot parse (YAML, templates, prose) is counted and said, not judged.
"""

from __future__ import annotations

import ast
import functools
import json
import platform
import tomllib
import warnings
from collections.abc import Mapping

from copilot.checks.evidence import make_evidence
from copilot.checks.missing import missing_findings
from copilot.domain.codec import digest_of_text
from copilot.domain.evidence import Evidence, Finding, Measure, Verdict
from copilot.domain.patch import FileChange, Patch
from copilot.domain.schema import SchemaSource
from copilot.domain.source import Gap, SourceFile, Span
from copilot.ports import Bench, Case, SchemaFormat

_UNPARSED = "syntax.not-parsed"
_FIX = "Mend the edit, or leave its hunk out."


class SyntaxCheck:
    """Parses every changed file of every phase."""

    name = "syntax"
    version = 4

    def run(self, case: Case, bench: Bench) -> Evidence:
        """Returns the evidence; files that nothing here can parse don't count against it."""
        changed = [(patch, change) for patch in case.patches for change in patch.changes if change.after is not None]
        if not changed:
            return make_evidence(self.name, self.version, case, verdict="not-applicable")
        schemas = _Schemas(bench)
        found = [_finding_of(patch, change, schemas) for patch, change in changed]
        findings = [finding for finding in found if finding]
        findings += missing_findings(case, bench)
        unparsed = {finding.span for finding in findings if finding.rule == _UNPARSED}
        verdict: Verdict = "fail" if any(finding.severity == "error" for finding in findings) else "pass"
        paths = {change.path for _, change in changed}
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=verdict,
            measures=(
                Measure("files_parsed", len(paths) - len(unparsed), "files"),
                Measure("files_not_parsed", len(unparsed), "files"),
            ),
            findings=findings,
            tools=(("python", ".".join(platform.python_version_tuple()[:2])),),
        )


def _finding_of(patch: Patch, change: FileChange, schemas: _Schemas) -> Finding | None:
    format = schemas.format_of(change.path)
    if format is not None:
        return _schema_finding(patch, change, format, schemas.after(patch))
    if change.path.endswith((".py", ".pyi")):
        return _python_finding(patch, change.path, change.after or "")
    if change.path.endswith(".json") and (change.before is None or _json_error(change.before) is None):
        return _json_finding(patch, change.path, change.after or "")
    if change.path.endswith(".toml") and (change.before is None or _toml_error(change.before) is None):
        return _toml_finding(patch, change.path, change.after or "")
    span = Span(change.path, 1, 1)
    return Finding(_UNPARSED, "note", f"{change.path} is of a kind that is not parsed here.", span)


class _Schemas:
    """The schema texts of the base, read once, and as each patch leaves them; a schema may refer to any other."""

    def __init__(self, bench: Bench) -> None:
        self._formats = tuple(bench.formats.values())
        self._tree = bench.tree

    def format_of(self, path: str) -> SchemaFormat | None:
        return next((format for format in self._formats if path.endswith(format.suffixes)), None)

    def after(self, patch: Patch) -> dict[str, str]:
        texts = dict(self._base)
        for change in patch.changes:
            texts.pop(change.path, None)
            if change.after is not None and self.format_of(change.path):
                texts[change.path] = change.after
        return texts

    @functools.cached_property
    def _base(self) -> dict[str, str]:
        paths = [entry.path for entry in self._tree.snapshot.entries if self.format_of(entry.path)]
        read = self._tree.read(paths)
        return {path: file.text for path, file in read.items() if isinstance(file, SourceFile)}


def _python_finding(patch: Patch, path: str, text: str) -> Finding | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        message = f"{path} no longer parses as Python: {getattr(error, 'msg', None) or error}."
        return Finding("syntax.python", "error", message, Span(path, line, line), phase=patch.phase, fix=_FIX)
    return None


def _json_finding(patch: Patch, path: str, text: str) -> Finding | None:
    error = _json_error(text)
    if error is None:
        return None
    line, said = error
    message = f"{path} is no longer valid JSON: {said}."
    return Finding("syntax.json", "error", message, Span(path, line, line), phase=patch.phase, fix=_FIX)


def _json_error(text: str) -> tuple[int, str] | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, error.msg
    except RecursionError:
        return 1, "it is nested too deeply"
    return None


def _toml_finding(patch: Patch, path: str, text: str) -> Finding | None:
    error = _toml_error(text)
    if error is None:
        return None
    message = f"{path} is no longer valid TOML: {error.rstrip('.')}."
    return Finding("syntax.toml", "error", message, Span(path, 1, 1), phase=patch.phase, fix=_FIX)


def _toml_error(text: str) -> str | None:
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return str(error)
    return None


def _schema_finding(patch: Patch, change: FileChange, format: SchemaFormat, texts: Mapping[str, str]) -> Finding | None:
    text = change.after or ""
    span = Span(change.path, 1, max(text.count("\n"), 1))
    source = SchemaSource(change.path, digest_of_text(text), patch.base, "file", 0, len(text.encode()), span)
    siblings = {path: other for path, other in texts.items() if path != change.path}
    parsed = format.parse(text, source, siblings)
    if not isinstance(parsed, Gap):
        return None
    message = f"{change.path} is no longer a schema of {format.name}: {parsed.reason.rstrip('.')}."
    return Finding("syntax.schema", "error", message, parsed.span, phase=patch.phase, fix=_FIX)
