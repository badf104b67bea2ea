"""The impact list as text for people and as JSON for programs, whose schema is `impact-1.schema.json` beside this module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from copilot.cli.layout import joined, section, wrapped
from copilot.domain.impacted import AskedChange, ElsewhereFile, ImpactedFile, ImpactList, where_of
from copilot.reasons.document import impact_object
from copilot.reasons.words import counted

VERSION = 1
"""Raised when a key changes its meaning or goes; new keys don't raise it."""
_SHOWN_COMMIT = 9
_KEYS = ("op", "subject", "record", "field", "to", "type", "symbol")


def impact_json(found: ImpactList) -> dict[str, Any]:
    """Returns the public JSON object, the most probable file first."""
    return {
        "version": VERSION,
        "commit": found.commit,
        "operations": [
            {key: value for key in _KEYS if (value := getattr(change, key)) or key in ("op", "subject", "field")}
            for change in found.changes
        ],
        **impact_object(found),
    }


def impact_text(found: ImpactList) -> str:
    """Returns both lists as text: each file with its probability, its lines and why."""
    change = [it for it in found.files if it.list == "change"]
    look = [it for it in found.files if it.list == "look"]
    lines = [
        f"Impact at commit {found.commit[:_SHOWN_COMMIT]}, {counted(found.files_read, 'file')} read",
        *(line for it in found.changes for line in wrapped(_said(it), "  ", "      ")),
        *(line for it in found.warnings for line in wrapped(it, "  ! ", "    ")),
        *section("WILL HAVE TO CHANGE", _rows(change), len(change)),
        *section("LOOK AT", _rows(look), len(look)),
    ]
    lines += section("IN OTHER REPOSITORIES", _elsewhere(found.elsewhere), len(found.elsewhere))
    if not found.files:
        lines += ["", "No file names this record, its fields or its schema."]
    return joined(lines)


def _said(it: AskedChange) -> str:
    where = ".".join(name for name in (it.subject, it.record) if name)
    what = it.field + (f" to {it.to}" if it.to else f" {it.symbol}" if it.symbol else "")
    return f"{it.op} {what}" + (f" in {where}" if where else "")


def _rows(files: Sequence[ImpactedFile]) -> list[str]:
    lines: list[str] = []
    for it in files:
        lines += wrapped(f"{it.percent:3d}%  {it.where}", "  ", "        ")
        lines += wrapped("; ".join(it.reasons), "        ")
    return lines


def _elsewhere(files: Sequence[ElsewhereFile]) -> list[str]:
    lines: list[str] = []
    for it in files:
        lines += wrapped(where_of(it.path, it.spans), "  ", "        ")
        lines += wrapped("; ".join(it.reasons) + (f" (owner {it.owner})" if it.owner else ""), "        ")
    return lines
