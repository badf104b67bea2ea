"""What would decoders that can't be run here make of an edit that the rules allow? Known of how each of them resolves.

Only what a phase changes between its own two states is told, and only where the rules say nothing: what they refuse is for
`compatibility`. A foreseen flaw decides nothing; it names the reader that somebody should ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copilot.checks.lineage import Lineage, Pair
from copilot.checks.pairs_run import PREDICTED_AS
from copilot.domain.evidence import Finding, Severity
from copilot.domain.pair import Reads
from copilot.ports import Case, SchemaFormat

RULE = "replay.foreseen"
_WORDS: dict[Reads, str] = {"no": "refuse", "wrong-value": "give another value for"}


def foreseen(met: Iterable[Pair], lineage: Lineage, case: Case, schema_format: SchemaFormat) -> Iterator[Finding]:
    """Yields a finding for each decoder that is not run here and is known to refuse or misread legal data."""
    run = {PREDICTED_AS.get(it.name, it.name) for it in schema_format.decoders}
    for pair in met:
        if pair.age != "previous":
            continue
        verdict = schema_format.judge(pair.reader.resolved, pair.writer.resolved)
        if not verdict.compatible:
            continue
        for it in verdict.decoders:
            if it.decoder in run or it.reads not in _WORDS:
                continue
            text = (
                f"{it.decoder} is not run here, and is known to {_WORDS[it.reads]} data of {pair.writer_label} read as "
            )
            text += pair.reader_label + (f": {it.note}." if it.note else ".")
            yield Finding(
                RULE, _severity(it.decoder, lineage, case), text, None, lineage.name, it.path, phase=pair.phase
            )


def _severity(decoder: str, lineage: Lineage, case: Case) -> Severity:
    """A warning where a consumer decodes with it, or where it is not known what one decodes with; else worth knowing only."""
    links = case.base.links_of(lineage.name, "consumes")
    libraries = {link.decoder.library if link.decoder else "unknown" for link in links}
    return "warning" if not links or libraries & {decoder, "unknown"} else "note"
