"""What is said of schemas and a level, as text for people and as JSON for programs (`compat-1.schema.json`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.cli.layout import columns, joined, section, wrapped
from copilot.domain.evidence import Finding
from copilot.domain.pair import DecoderVerdict, PairVerdict

if TYPE_CHECKING:
    from copilot.checks.chains import ChainChange

VERSION = 1
REASONS_SHOWN = 20
DECODER_WORDS = {
    "java": "Avro for Java",
    "python": "Apache avro for Python",
    "fastavro": "fastavro",
    "avsc": "avsc (JavaScript)",
}
_READS_WORDS = {"yes": "reads it", "no": "REFUSES it", "wrong-value": "reads ANOTHER VALUE", "unknown": "not known"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair by the names that its schemas were given on the command line."""

    reader: str
    writer: str
    verdict: PairVerdict


@dataclass(frozen=True, slots=True)
class Linted:
    """The newest schema by its name, and what is to be said of it alone."""

    name: str
    findings: tuple[Finding, ...]


def compat_text(level: str, source: str, judged: Sequence[Judged], chain: Sequence[ChainChange], linted: Linted) -> str:
    """Returns the answer, each pair that fails or that some decoder reads otherwise, and what is wrong with the newest schema."""
    lines = [_headline(level, source, judged)]
    for it in judged:
        lines += _pair(it)
    whole: list[str] = []
    for change in chain[:REASONS_SHOWN]:
        whole += wrapped(change.message, "  ! ", "    ") + wrapped(change.fix, "    fix  ", "         ")
    if len(chain) > REASONS_SHOWN:
        whole.append(f"  … {len(chain) - REASONS_SHOWN} more: --format json shows all")
    lines += section("All versions together", whole)
    told: list[str] = []
    for finding in linted.findings:
        told += wrapped(finding.message, f"  {finding.severity.upper():<8} ", " " * 11)
        told += wrapped(finding.fix, "           fix  ", " " * 16)
    return joined([*lines, *section(f"{linted.name} by itself", told)])


def compat_json(
    level: str, source: str, judged: Sequence[Judged], chain: Sequence[ChainChange], linted: Linted
) -> dict[str, Any]:
    """Returns the public JSON object; `compatible` is null where a schema is invalid or can't be followed."""
    answers = [it.verdict.compatible for it in judged]
    return {
        "version": VERSION,
        "level": level,
        "level_source": source,
        "compatible": None if None in answers else all(answers),
        "pairs": [{"reader": it.reader, "writer": it.writer, **verdict_json(it.verdict)} for it in judged],
        "chain": [
            {"version": it.version, "rule": it.rule, "path": it.path, "message": it.message, "fix": it.fix}
            for it in chain
        ],
        "lint": {
            "schema": linted.name,
            "findings": [
                {"rule": it.rule, "severity": it.severity, "path": it.path, "message": it.message, "fix": it.fix}
                for it in linted.findings
            ],
        },
    }


def verdict_json(verdict: PairVerdict) -> dict[str, Any]:
    """Returns what is said of one pair."""
    return {
        "compatible": verdict.compatible,
        "error": verdict.error or None,
        "reasons": [{"rule": it.rule, "path": it.path, "message": it.message, "fix": it.fix} for it in verdict.reasons],
        "readers": {
            it.decoder: {"reads": it.reads, "basis": it.basis, "path": it.path, "note": it.note}
            for it in verdict.decoders
        },
        "meanings": [
            {"rule": it.rule, "path": it.path, "message": it.message, "fix": it.fix, "readers": list(it.readers)}
            for it in verdict.meanings
        ],
    }


def _headline(level: str, source: str, judged: Sequence[Judged]) -> str:
    told = f"{level} ({source})"
    answers = [it.verdict.compatible for it in judged]
    if None in answers:
        return f"Not decided at {told}: a schema is invalid, or leads on too deep to be followed."
    if not judged:
        return f"Nothing to compare at {told}: there is one version, or the level asks for none."
    failed = answers.count(False)
    pairs = "1 pair" if len(judged) == 1 else f"{len(judged)} pairs"
    verb = "fails" if failed == 1 else "fail"
    return f"NOT compatible at {told}: {failed} of {pairs} {verb}." if failed else f"Compatible at {told}: {pairs}."


def _pair(it: Judged) -> list[str]:
    verdict = it.verdict
    title = f"{it.reader} reading data of {it.writer}"
    if verdict.error:
        return section(title, wrapped(verdict.error, "  "))
    told = [decoder for decoder in verdict.decoders if decoder.reads != "yes"]
    was_run = any(decoder.basis == "ran" for decoder in verdict.decoders)
    if verdict.compatible and not told and not verdict.meanings and not was_run:
        return []
    lines: list[str] = []
    for reason in verdict.reasons[:REASONS_SHOWN]:
        lines += wrapped(reason.message, "  ✗ ", "    ")
        lines += wrapped(reason.fix, "    fix  ", "         ") if reason.fix else []
    if len(verdict.reasons) > REASONS_SHOWN:
        lines.append(f"  … {len(verdict.reasons) - REASONS_SHOWN} more: --format json shows all")
    for meaning in verdict.meanings[:REASONS_SHOWN]:
        lines += wrapped(meaning.message, "  ! ", "    ")
        lines += wrapped(meaning.fix, "    fix  ", "         ") if meaning.fix else []
    if len(verdict.meanings) > REASONS_SHOWN:
        lines.append(f"  … {len(verdict.meanings) - REASONS_SHOWN} more: --format json shows all")
    if verdict.compatible and told:
        lines.append("  Registries let it through; these decoders don't agree:")
    shown = told if verdict.compatible and not was_run else verdict.decoders
    lines += columns([_decoder(decoder) for decoder in shown], "    ")
    return section(title, lines)


def _decoder(decoder: DecoderVerdict) -> tuple[str, str, str]:
    note = decoder.note or "as the rules have it"
    return DECODER_WORDS[decoder.decoder], _READS_WORDS[decoder.reads], f"{note} ({decoder.basis})"
