"""Tags as people say them, and whether one can be put on a field."""

from __future__ import annotations

import re

from copilot.domain import fieldtype
from copilot.domain.operation import TagField
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.tags import tags_of
from copilot.errors import WrongUsage

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


def tag_said(said: str) -> str:
    """Returns the tag that a person means: one plain word in capitals, as catalogues have them; other names as they are."""
    name = re.sub(r"\s+", "_", said)
    return name.upper() if name.replace("_", "").isalpha() and name.islower() else name


def check_tag(operation: TagField, field: SchemaField, latest: SchemaVersion, where: str) -> None:
    """Raises WrongUsage for a tag that is no name, or that the field has already."""
    if not _TAG.fullmatch(operation.tag):
        raise WrongUsage(
            f'"{operation.tag[:80]}" is not a tag.',
            where=where,
            next='Use letters, digits, "_", ".", ":" and "-", beginning with a letter: PII.',
        )
    written = fieldtype.field_of(fieldtype.parsed(latest.resolved), field.record, field.name) or {}
    if operation.tag in tags_of(written):
        raise WrongUsage(f'"{field.name}" is tagged as {operation.tag} already.', where=where)
