"""Tags as people say them, and whether one can be put on a field."""

from __future__ import annotations

import re
from typing import get_args

from copilot.domain import fieldtype
from copilot.domain.operation import ProtectField, Protection, TagField
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.tags import tags_of
from copilot.errors import WrongUsage

_TAG = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


def tag_said(said: str) -> str:
    """Returns the tag that a person means: one plain word in capitals, as catalogues have them; other names as they are."""
    name = re.sub(r"\s+", "_", said)
    return name.upper() if name.replace("_", "").isalpha() and name.islower() else name


def protection_said(said: str) -> Protection:
    """Returns the way that a word means; "redact" is to mask, "hash" and "pseudonymise" are to tokenise."""
    word = said.lower().replace("z", "s")
    if word in ("mask", "redact"):
        return "mask"
    return "encrypt" if word == "encrypt" else "erase" if word == "erase" else "tokenise"


def check_protection(operation: ProtectField, field: SchemaField, where: str) -> None:
    """Raises WrongUsage for a way that is none, and for values that are no plain text."""
    if operation.how not in get_args(Protection):
        ways = ", ".join(get_args(Protection))
        raise WrongUsage(f'"{operation.how[:80]}" is no way to protect a value.', where=where, next=f"Use {ways}.")
    kind = fieldtype.without_null(fieldtype.parsed(field.type))
    if fieldtype.base_kind(kind) != "string" or fieldtype.logical_kind(kind):
        raise WrongUsage(
            f'"{field.name}" is of type {field.type}: what stands for a value of it is a text, which does not fit.',
            where=where,
            next=f'Ask for a text beside it first: "add an optional string {field.name}_token to {operation.subject}".',
        )


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
