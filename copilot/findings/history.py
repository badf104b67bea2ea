"""Did a schema take a step that the level it must keep forbids?"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.evidence import Finding, Severity
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.domain.source import Span
from copilot.findings.case import Audited, Rule, is_for_tests
from copilot.ports import SchemaFormat

BROKEN = Rule(
    "incompatible-step",
    "Records of the earlier version that are still kept, or readers that still run with it, can't follow the step.",
)
ASSUMED = "assumed"
OLDER_MAX = 50


def incompatible_steps(case: Audited) -> Iterator[AuditFinding]:
    """Yields, for each subject, the newest step that its level forbids.

    Where nobody declared a level, only the last step of what is seen on a topic is told: the level may be another one.
    """
    seen = {link.subject for link in case.pipeline.links if link.endpoint.kind == "topic"}
    for subject in case.pipeline.subjects:
        form = case.formats.get(subject.format)
        if form is None or subject.compatibility == "NONE" or is_for_tests(subject.latest.source.path):
            continue
        is_declared = subject.level_source != ASSUMED
        last = len(subject.versions) - 1
        # A new version folder is how people say that they break with the one before.
        is_frozen = len({version.source.path for version in subject.versions}) > 1 and not is_declared
        steps = range(last, 0, -1) if is_declared else range(last, max(last - 1, 0), -1)
        is_of_interest = is_declared or (subject.name in seen and not is_frozen)
        for index in steps if is_of_interest else ():
            broken = _broken(form, subject, index)
            if broken is not None:
                severity: Severity = "note" if not is_declared else "error" if index == last else "note"
                yield _finding(subject, index, severity, *broken)
                break


def _broken(form: SchemaFormat, subject: SchemaSubject, index: int) -> tuple[SchemaVersion, Finding, str] | None:
    """Returns the earlier version that a version breaks with, and why."""
    level, _, transitive = subject.compatibility.partition("_")
    new = subject.versions[index]
    earlier = subject.versions[max(0, index - OLDER_MAX) : index] if transitive else subject.versions[index - 1 : index]
    for old in reversed(earlier):
        if level in ("BACKWARD", "FULL"):
            errors = [it for it in form.incompatibilities(new, old) if it.severity == "error"]
            if errors:
                return old, errors[0], f"can't read data of version {old.number}"
        if level in ("FORWARD", "FULL"):
            errors = [it for it in form.incompatibilities(old, new) if it.severity == "error"]
            if errors:
                return old, errors[0], f"can't be read by readers of version {old.number}"
    return None


def _finding(
    subject: SchemaSubject, index: int, severity: Severity, old: SchemaVersion, why: Finding, how: str
) -> AuditFinding:
    new = subject.versions[index]
    level = f"{subject.compatibility} ({subject.level_source})"
    title = f"Version {new.number} of {subject.name} {how}, though its level is {level}: {why.message.rstrip('.')}."
    field = next((it for it in new.fields if it.path == why.path), None)
    is_present = index == len(subject.versions) - 1
    span = field.span if field and is_present else new.source.span if is_present else Span(new.source.path, 1, 1)
    proof = [
        Proof(span, f"version {new.number}, {new.source.commit[:9]}"),
        Proof(Span(old.source.path, 1, 1), f"version {old.number}, {old.source.commit[:9]}"),
    ]
    if subject.level_source == ASSUMED:
        next_ = f'Declare the level that {subject.name} must keep under [compatibility] in copilot.toml, "NONE" where it need not.'
    elif is_present:
        next_ = (
            why.fix or "Take the step back, or take it in a new subject, until no data of the earlier version is left."
        )
    else:
        next_ = "Make sure that no data of the earlier version is left where this schema reads."
    return BROKEN.finding(severity, title, proof, next_, subject=subject.name, path=why.path, about=new.source.commit)
