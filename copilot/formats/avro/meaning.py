from __future__ import annotations

from copilot.domain.evidence import Finding
from copilot.domain.schema import SchemaVersion


def meaning_changes(old: SchemaVersion, new: SchemaVersion) -> tuple[Finding, ...]:
    return ()
