"""Programs of the jobs that a patch brings to move records: a bridge, a migrator, a router, a merger.

All read topics from their beginning, send each record on, and commit only what has arrived. Topics are literals in them, so that
whoever reads the repository sees the topics; names that a repository or a person gave are quoted, never pasted.
"""

from __future__ import annotations

import re

from copilot.domain.mapping import literal
from copilot.domain.pipeline import PipelineMap
from copilot.strategies.guarded import in_docstring
from copilot.strategies.job_texts import (
    BRIDGE,
    BY_HEADER,
    BY_TYPE,
    BY_VALUE,
    DECODING,
    ENCODING,
    ENVELOPE,
    MERGER,
    MIGRATOR,
    PROGRAM,
    RECORDS,
    ROUTER,
    TOKENISER,
    UNION,
    WRAPPING,
)


def job_path(folder: str, words: str, pipeline: PipelineMap) -> str:
    """Returns a free path for a job's file in a folder of its kind; no tool takes it for a test, whatever the topic is called."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()
    name = f"topic_{name}" if name.startswith("test") or not name.isidentifier() else name
    taken = {job.root for job in pipeline.jobs}
    path = f"{folder}/{name}.py"
    return path if path not in taken else f"{folder}/{name}_again.py"


def bridge_text(old: str, new: str) -> str:
    """Returns the job that copies a topic to its new name: one writer on the new topic, so the order per key is kept."""
    about = f"""Copies every record of {old} to {new} while readers move over; to be taken away once nobody writes {old} any more.

It is the only writer of {new} until the producers move, and it keeps key, headers, time and partition, so the order per key is
kept. After a crash the last records may come twice. {new} needs as many partitions as {old}."""
    return _program(about, "import os", BRIDGE.format(new=literal(new)), old, f"bridge-{old}-{new}")


def migrator_text(old: str, new: str, path: str) -> str:
    """Returns the job that brings records to another topic under another key; `path` is the key's field path in the record."""
    about = f"""Copies every record of {old} to {new}, keyed by {path}; to be taken away once nobody writes {old} any more.

It is the only writer of {new} until the producers move, so records of one {path} keep the order in which it reads them. Those
that lay in different partitions of {old} had no order there. After a crash the last records may come twice.

{RECORDS}"""
    sending = MIGRATOR.format(new=literal(new), access=_access(path), decoding=DECODING)
    return _program(about, "import io\nimport json\nimport os", sending, old, f"migrator-{old}-{new}")


def tokeniser_text(old: str, new: str, path: str, schema: str, name: str, module: str) -> str:
    """Returns the job that brings records to another topic with a token in place of a value that is their key, too.

    `module` is the text of the module that has the function `name`, `schema` the path of the schema that values are written by.
    """
    rest = module.partition('"""\n')[2]
    imports = sorted({"import io", "import json", "import os", *re.findall(r"(?m)^import \w+$", rest)})
    function = re.sub(r"(?m)^import \w+\n", "", rest).strip()
    about = f"""Copies every record of {old} to {new} with a token in the place of {path}, which is its key, too.

It is the only writer of {new} until the producers move, with the same secret as they have, so records of one {path} keep their
order. After a crash the last records may come twice. Take the job away once nobody writes {old} any more, and delete that topic:
what lies there stays in clear.

{RECORDS}"""
    sending = TOKENISER.format(
        decoding=DECODING,
        encoding=ENCODING.format(new=literal(new)),
        function=function,
        new=literal(new),
        schema=literal(schema),
        name=name,
        access=_access(path),
    )
    return _program(about, "\n".join(imports), sending, old, f"tokeniser-{old}-{new}")


def router_text(old: str, routes: tuple[tuple[str, str], ...], rest: str, path: str) -> str:
    """Returns the job that brings each record to the topic of its value; `routes` are (value, topic), `path` the field's path."""
    about = f"""Brings each record of {old} to the topic of its {path}; a value that is not named goes to {rest}.

Bytes, keys, headers and times stay as they are, so records of one key and one {path} keep their order. Between topics there is
none: the header "sequence" has the partition and offset in {old}, by which a reader can tell what came first. A record without a
value goes to every topic. After a crash the last records may come twice.

{RECORDS}"""
    finding = BY_VALUE.format(decoding=DECODING, access=_access(path))
    return _program(about, "import io\nimport json\nimport os", _routing(finding, routes, rest), old, f"router-{old}")


def type_router_text(old: str, routes: tuple[tuple[str, str], ...], rest: str, *, is_header: bool) -> str:
    """Returns the job that brings each record to the topic of its type: what its schema is called, or its header "type" says."""
    how = 'header "type"' if is_header else "schema's name"
    about = f"""Brings each record of {old} to the topic of its type, as its {how} has it; a type that is not named goes to {rest}.

Bytes, keys, headers and times stay as they are, so records of one key and one type keep their order. Between topics there is
none: the header "sequence" has the partition and offset in {old}, by which a reader can tell what came first. A record without a
value goes to every topic. After a crash the last records may come twice."""
    if is_header:
        return _program(about, "import os", _routing(BY_HEADER, routes, rest), old, f"router-{old}")
    about += """

RECORDS says how values are encoded: "confluent" (an id of the registry before the bytes; SCHEMA_REGISTRY_URL) or "container" (Avro
with its schema). Bare Avro bytes don't say what they are."""
    return _program(about, "import io\nimport json\nimport os", _routing(BY_TYPE, routes, rest), old, f"router-{old}")


def _routing(finding: str, routes: tuple[tuple[str, str], ...], rest: str) -> str:
    branches = "\n".join(
        f"    if is_for_all or found == {literal(value)}:\n        producer.produce({literal(topic)}, **routed(message))"
        for value, topic in routes
    )
    named = f"[{', '.join(literal(value) for value, _ in routes)}]"
    return ROUTER.format(finding=finding, branches=branches, named=named, rest=literal(rest))


def merger_text(old: tuple[str, ...], new: str) -> str:
    """Returns the job that brings the records of several topics, as they are, together on one."""
    sending = MERGER.format(new=literal(new), value="message.value()")
    return _program(_about_merger(old, new), "import os", sending, old, f"merger-{new}")


def wrapper_text(names: dict[str, str], new: str, schema: str, types: dict[str, str]) -> str:
    """Returns the job that brings records of several topics together under one schema: the text of the file `schema`.

    `names` is the full name of each topic's record. With `types`, the word for each of those names, a record lies in an envelope
    that says its type; else the schema is a union, and the record a branch of it.
    """
    about = _about_merger(tuple(names), new)
    about += f"""

Values are written as {schema} says. RECORDS says how they are encoded, in what is read and what is written: "confluent" (an id of
the registry before the bytes; SCHEMA_REGISTRY_URL, and register the file under {new}-value first), "container" (Avro with its
schema), or "bare" (Avro bytes, read by the record's schema in that file)."""
    wrapping = WRAPPING.format(
        encoding=ENCODING.format(new=literal(new)),
        schema=literal(schema),
        names=_table(names),
        branches=f"[{', '.join(map(literal, dict.fromkeys(names.values())))}]" + _types(types),
        wrapped=ENVELOPE if types else UNION,
        new=literal(new),
    )
    sending = wrapping + MERGER.format(new=literal(new), value="merged(message, place)")
    return _program(about, "import io\nimport os", sending, tuple(names), f"merger-{new}")


def _types(types: dict[str, str]) -> str:
    return f"\nTYPES = {_table(types)}" if types else ""


def _table(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{literal(key)}: {literal(value)}" for key, value in entries.items()) + "}"


def _about_merger(old: tuple[str, ...], new: str) -> str:
    return f"""Brings the records of {", ".join(old)} together on {new}; to be taken away once nobody writes those any more.

It is the only writer of {new} until the producers move. Key, headers and time stay; records of one key that lay in one topic keep
their order. Between those of different topics there is none: the header "sequence" has topic, partition and offset. After a crash
the last records may come twice. A record without a value deletes its key on {new} too, whichever topic that key came from."""


def _program(about: str, imports: str, sending: str, old: str | tuple[str, ...], group: str) -> str:
    topics = (old,) if isinstance(old, str) else old
    return PROGRAM.format(
        about=in_docstring(about),
        imports=imports,
        sending=sending,
        group=literal(group),
        old=", ".join(map(literal, topics)),
    )


def _access(path: str) -> str:
    return "".join(f"[{literal(name)}]" for name in path.split("."))
