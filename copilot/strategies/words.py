"""Sentences that several strategies share: what the decoders in use mean for an order, and what must be seen at a gate."""

from __future__ import annotations

from copilot.domain.alternative import Gate
from copilot.strategies.ground import Ground

GATE_EXPANDED = Gate(
    "The new schema is registered, all retained records still decode, and every producer runs the version that writes both"
    " fields: the two agree in every record that came since, over a business cycle."
)
GATE_REPLACED = Gate(
    "The new schema is registered, and every producer runs the version that writes both fields: the two agree in every record"
    " that the topic still keeps. Records from before the expansion have left the topic: in them a reader gets the default of"
    " the new field, which it can't tell from a value.",
    outlasts_retention=True,
)
GATE_READERS_MOVED = Gate(
    "Static uses of the old field by consumers are gone but as what stands in for the new one, and no running reader needs it;"
    " shadow output of the moved consumers equals the old output."
)
_STORED_GONE = "records from before the expansion have left the topic, or were rewritten."
GATE_STOPPED = Gate(
    "A count of records that came since with a value in the old field is zero, and no reader noticed in a business cycle;"
    f" {_STORED_GONE}",
    outlasts_retention=True,
)
GATE_MOVED = Gate(f"{GATE_READERS_MOVED.text[:-1]}; {_STORED_GONE}", outlasts_retention=True)
GATE_DEPRECATED = Gate("Every reader of the field is known by name, and each owner has a date for leaving it.")
GATE_READERS_STOPPED = Gate(
    "No static use is left in consumers and no running reader touches the field over a full business cycle."
)
GATE_WRITTEN = Gate(
    "Every producer writes the field: a count of records without it, or with its default in place of a value, is zero over the"
    " time for which the topic keeps records.",
    outlasts_retention=True,
)
GATE_FILLED = Gate(
    "Every producer sets the field: a count of records in which it is null or missing is zero over the time for which the topic"
    " keeps records.",
    outlasts_retention=True,
)
GATE_DEFAULT_OUT = Gate("Every consumer runs with the schema that has the default; no older copy of it is deployed.")
GATE_SYMBOL_STOPPED = Gate(
    "No record with the symbol was written for longer than the topic retains records: a count over that time is zero.",
    outlasts_retention=True,
)
GATE_BOTH_READ = Gate("Every consumer runs the version that knows both, and takes the one for the other.")
GATE_OWN_COPIES = Gate("Every consumer runs with its new copy of the schema.")
GATE_NEW_SUBJECT = Gate(
    "Both subjects carry the same records over one full retention period, and every consumer reads the new one; only then"
    " retire the old."
)
_NAMED_AT_MOST = 3


def named(names: set[str]) -> str:
    """Returns names joined for a sentence, sorted, the rest as "and others"."""
    ordered = sorted(names)
    shown = ", ".join(ordered[:_NAMED_AT_MOST])
    return f"{shown} and others" if len(ordered) > _NAMED_AT_MOST else shown


def about_decoders(ground: Ground) -> str:
    """Returns what the consumers' ways of decoding mean for the order of deploys; "" where nothing is known."""
    by_schema: dict[str, set[str]] = {}
    for link in ground.impact.consumers:
        if link.decoder is not None:
            by_schema.setdefault(link.decoder.reader_schema, set()).add(link.job)
    sentences = []
    if "own" in by_schema:
        sentences.append(f"{named(by_schema['own'])}: decodes with a schema of its own, so it can move on its own.")
    if "single" in by_schema:
        sentences.append(
            f"{named(by_schema['single'])}: decodes with one local schema as if the writer had used it, so its schema has to change"
            " together with the bytes that it reads."
        )
    if "writer" in by_schema:
        sentences.append(
            f"{named(by_schema['writer'])}: decodes with the writer's schema, so it sees the new shape as soon as a producer"
            " moves, and never gets defaults or aliases."
        )
    if "unknown" in by_schema:
        sentences.append(f"{named(by_schema['unknown'])}: with which schema it decodes is unknown.")
    return " ".join(sentences)


def about_aliases(ground: Ground) -> str:
    """Returns which consumers decode with an implementation that ignores aliases."""
    deaf = {link.job for link in ground.impact.consumers if link.decoder and link.decoder.library == "avro"}
    if not deaf:
        return ""
    return f"{named(deaf)}: decodes with the Apache avro package, which ignores aliases when it reads."


def about_keys(ground: Ground) -> str:
    """Warns where the field is a key: then bytes, partitions and joins change with it."""
    jobs = {use.job for use in ground.uses if use.mode == "keys"}
    if not jobs:
        return ""
    return f"{named(jobs)} uses the field as a key: partitions, joins and compaction hang on it."


def joined(*sentences: str) -> str:
    """Returns the sentences that are not empty as one text."""
    return " ".join(sentence for sentence in sentences if sentence)
