"""What is stored outlives a change: which of it has to be filled with the new field, by which patch, and when is none left?

A topic that lets go of its records needs none: waiting out its retention is one, and the time-box of the phase says how long. A
compacted topic keeps the last record of each key, so a job writes those again. One that keeps every record for ever can't be
rewritten in place at all. Tables that `copilot.toml` names get a statement of SQL, where SQL can say the conversion.
"""

from __future__ import annotations

import builtins
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, replace

from copilot.domain.alternative import Alternative, Gate, NewFile, Phase, Rewritten, Step
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.sinks import Sink
from copilot.strategies.backfill_job import IMPORTED, Fill, backfill_text, holder_path
from copilot.strategies.backfill_table import table_text
from copilot.strategies.ground import Ground
from copilot.strategies.moving_jobs import job_path
from copilot.strategies.retention import topics_of

BACKFILL = "backfill"
FOLDER = "backfills"
_FORMATS = ("avro", "json")


@dataclass(frozen=True, slots=True)
class Backfill:
    """The files that fill what is stored, what people do with each, and the topics of which nothing from before is left then."""

    files: tuple[NewFile, ...]
    manual: tuple[str, ...]
    rewritten: tuple[Rewritten, ...]
    gate: Gate


def backfill_of(ground: Ground, fills: tuple[Fill, ...]) -> Backfill | None:
    """Returns the backfill of a change, None where nothing that is stored needs one, or nothing here can fill it."""
    if not fills or not all(fill.sources for fill in fills):
        return None
    jobs = tuple(_jobs(ground, fills)) if all(map(_is_plain, fills)) else ()
    tables = tuple(_tables(ground, fills))
    files = (*(file for _, file in jobs), *(file for _, file in tables))
    left = tuple(sink for sink in _sinks(ground) if sink not in {known for known, _ in tables})
    if not files and not left:
        return None
    rewritten = tuple(Rewritten(topic, file.path) for topic, file in jobs)
    manual = (
        *(
            f"{file.path}:1  run one copy of it, with KAFKA_BOOTSTRAP and RECORDS set, until it ends; stop the producers meanwhile"
            f" where a reader can't bear the older of two values for a moment{_told_to_readers(ground, topic)}"
            for topic, file in jobs
        ),
        *(f"{file.path}:1  {_of_owner(sink)}run it on {sink.name}" for sink, file in tables),
        *(f"{it.span}  {_of_owner(it)}fill {_listed(fills)} in the rows that {it.name} has from before" for it in left),
    )
    return Backfill(files, manual, rewritten, _gate(jobs, tables, left, fills))


def with_backfill(alternative: Alternative, backfill: Backfill | None) -> Alternative:
    """Returns the alternative with the backfill as its second phase, and its files taken away again in the one after it."""
    first, *later = alternative.phases
    if backfill is None or not later or (first.gate and first.gate.outlasts_retention):
        return alternative
    if not backfill.files:
        told = Step("Fill what is stored", "producers", (), (), backfill.manual)
        text = " ".join(filter(None, (first.gate.text if first.gate else "", backfill.gate.text)))
        gate = replace(first.gate or backfill.gate, text=text)
        return _renamed(alternative, (replace(first, steps=(*first.steps, told), gate=gate), *later))
    paths = tuple(sorted(file.path for file in backfill.files))
    filled = Phase(
        BACKFILL,
        (*first.edits, *backfill.files),
        (Step("Fill what is stored", "producers", (), paths, backfill.manual),),
        backfill.gate,
    )
    gone = Step("Take the backfill away", "schema", (), paths)
    return _renamed(alternative, (first, filled, replace(later[0], steps=(*later[0].steps, gone)), *later[1:]))


def _renamed(alternative: Alternative, phases: tuple[Phase, ...]) -> Alternative:
    """Returns the alternative with other phases, and the id that these have."""
    digest = digest_of_text(canonical([alternative.title, [encode(phase) for phase in phases]]))
    return replace(alternative, id=f"{alternative.id.rpartition('-')[0]}-{digest[:6]}", phases=phases)


def _is_plain(fill: Fill) -> bool:
    """Tells whether the value needs nothing but what the job has: no module that the patch brings stands beside it."""
    bare = re.sub(r"\{(\w+)\}", "None", fill.written)
    try:
        table = symtable.symtable(bare, "fill", "eval")
    except SyntaxError:
        return False
    known = {*dir(builtins), *IMPORTED}
    return all(it.get_name() in known or not it.is_global() for it in _symbols(table))


def _symbols(table: symtable.SymbolTable) -> Iterator[symtable.Symbol]:
    yield from table.get_symbols()
    for child in table.get_children():
        yield from _symbols(child)


def _jobs(ground: Ground, fills: tuple[Fill, ...]) -> Iterator[tuple[str, NewFile]]:
    if ground.subject.format not in _FORMATS:
        return
    for topic in topics_of(ground):
        known = ground.pipeline.retention_of(topic) if topic else None
        if known is not None and known.is_compacted and not _is_bare(ground, topic):
            path = job_path(FOLDER, f"{topic}_{'_'.join(fill.name for fill in fills)}", ground.pipeline)
            schema = ground.subject.latest.source.path
            yield topic, NewFile(path, backfill_text(topic, fills, holder_path(ground.impact.path), schema))


def _is_bare(ground: Ground, topic: str) -> bool:
    """Tells whether records are Avro bytes alone, for which a reader has one schema: nobody can tell which ones are old."""
    links = (link for link in ground.impact.consumers if link.endpoint.name == topic and link.decoder)
    return any(link.decoder and link.decoder.reader_schema == "single" for link in links)


def _tables(ground: Ground, fills: tuple[Fill, ...]) -> Iterator[tuple[Sink, NewFile]]:
    for sink in _sinks(ground):
        text = "" if "." in ground.impact.path else table_text(sink, fills)
        if text:
            path = job_path(FOLDER, f"{sink.name}_{'_'.join(fill.name for fill in fills)}", ground.pipeline)
            yield sink, NewFile(path.removesuffix(".py") + ".sql", text)


def _sinks(ground: Ground) -> tuple[Sink, ...]:
    topics = topics_of(ground)
    return tuple(
        it for it in ground.pipeline.sinks if it.subject == ground.subject.name or (it.topic and it.topic in topics)
    )


def _told_to_readers(ground: Ground, topic: str) -> str:
    """Says who gets the records once more, in the job's own line: nobody has to change or deploy anything for that."""
    links = [link for link in ground.impact.consumers if link.endpoint.name == topic]
    places = dict.fromkeys(f"{it.job} ({it.proof[0]})" if it.proof else it.job for it in links)
    return f"; each record that it writes comes once more to {', '.join(places)}" if places else ""


def _of_owner(sink: Sink) -> str:
    return f"let {sink.owner} " if sink.owner else ""


def _gate(
    jobs: tuple[tuple[str, NewFile], ...],
    tables: tuple[tuple[Sink, NewFile], ...],
    left: tuple[Sink, ...],
    fills: tuple[Fill, ...],
) -> Gate:
    new = _listed(fills)
    texts = [
        f'`{file.path} count` prints 0 left for every partition of {topic} (what it prints is a result for --holds "left = 0"),'
        f" and the log cleaner has passed since (max.compaction.lag.ms): no record without {new} is left there."
        for topic, file in jobs
    ]
    texts += [f"The count in {file.path} is 0: no row of {sink.name} lacks {new}." for sink, file in tables]
    texts += [f"No row of {sink.name} lacks {new}." for sink in left]
    return Gate(" ".join(texts))


def _listed(fills: tuple[Fill, ...]) -> str:
    return ", ".join(f"`{fill.name}`" for fill in fills)
