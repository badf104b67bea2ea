"""What one Python file says, as plain data that depends on its text alone: the rows that a cache keeps by blob id.

Rows are tuples of numbers and texts. `marshal` reads them several times faster than JSON; the kind under which they are
cached carries the layout's version and the interpreter's, and what doesn't decode is derived again.
"""

from __future__ import annotations

import marshal
import sys
from functools import lru_cache
from typing import Any, NamedTuple

from copilot.readers.flow import Tag
from copilot.readers.values import Value

FACTS_VERSION = 150
FACTS_KIND = f"python-facts-{FACTS_VERSION}-{sys.version_info.major}.{sys.version_info.minor}"
LOADED_MAX = 8192
FORWARDED = -2
"""The codec of a produce call that sends on the bytes it consumed."""
DECORATED = "@"
"""The receiver of a consume or produce call that decorates a function: it is made when the file is imported."""
OF_KEYS = "key"
"""The receiver of a decode or encode call that is for the keys of messages, not for their values."""


class Call(NamedTuple):
    """A call to a client library: `role` is consume, produce, decode or encode.

    `topics` belong to consume and produce, `writer` and `reader` (schemas) to decode and encode. `scope` is the qualified name
    of the function or class around. `codec` is the index of the decode or encode call that gives or makes the bytes, -1 where
    no such call was traced. `receiver` is the name of the object that is called ("scribe_producer"), `endpoint` the kind of
    what is read or written.
    """

    role: str
    library: str
    topics: Value
    writer: Value
    reader: Value
    scope: str
    line: int
    last_line: int
    codec: int
    receiver: str
    endpoint: str


class Invocation(NamedTuple):
    """A call of a function, class or client that other files tell: `callee` is the chain of names that leads to it.

    `arguments` are by position ("0") or keyword; `codec` is that of the record that seems to be handed over, as in `Call`.
    """

    scope: str
    callee: Value
    arguments: tuple[tuple[str, Value], ...]
    receiver: str
    line: int
    last_line: int
    codec: int


class Config(NamedTuple):
    """A dict of settings that says what a framework consumes or produces; `role` is the name it stands under.

    Where a cloud's template ties a source to a function, the kind of endpoint follows the name: "Orders.Event.0:queue".
    """

    role: str
    direction: str
    topics: Value
    schema: Value
    library_class: Value
    line: int


class Literal(NamedTuple):
    """A schema in the code; `start` and `end` are byte offsets, `name` the variable it is assigned to, `root` its full name."""

    host: str
    start: int
    end: int
    line: int
    last_line: int
    name: str
    root: str
    text: str


class Use(NamedTuple):
    """A place where a name is used as a key, column, keyword or attribute.

    `tags` tell what records the receiver was traced to; their path leads from the record to what holds the name ("" the
    record itself, "detections[]"). `receiver` is the last name of the
    receiver, `shape` the index of the dict literal's keys in the file's `shapes`, -1 where it is no literal.
    """

    name: str
    offset: int
    line: int
    mode: str
    form: str
    receiver: str
    shape: int
    tags: tuple[Tag, ...]


class Blind(NamedTuple):
    """A place where a field is used under a computed name; `tags` tell what records its receiver was traced to.

    `is_whole` tells that no name is used at all, because a record is handed on with all its fields.
    """

    line: int
    reason: str
    receiver: str
    tags: tuple[Tag, ...]
    is_whole: bool = False


class Crossings(NamedTuple):
    """Tags of values that cross into other files.

    `passes` are (imported function, position, keyword, forward tags) of arguments, `results` (imported function, backward
    tags) of what is made of results, `takes` ("function:parameter", all tags) and `returns` (function, forward tags and those of
    dicts written down) the other ends of the same, in the file that has the function. A function "@3" is the one that the fourth
    chain of `callees` leads to.
    """

    passes: tuple[tuple[str, int, str, tuple[Tag, ...]], ...] = ()
    results: tuple[tuple[str, tuple[Tag, ...]], ...] = ()
    takes: tuple[tuple[str, tuple[Tag, ...]], ...] = ()
    returns: tuple[tuple[str, tuple[Tag, ...]], ...] = ()
    callees: tuple[Value, ...] = ()


class FileFacts(NamedTuple):
    """All that one Python file says. `excerpts` are the stripped lines of uses by number.

    `names` are the values of names: of the module ("TOPIC"), of attributes ("Class.attribute"), of what functions return
    ("function()", "Class.method()"). `bases` are the chains to the bases of each class, `tables` the classes that
    stand for tables of a database. `asked_versions` are the lines that ask a registry for one version.
    """

    gaps: tuple[tuple[int, str], ...] = ()
    names: tuple[tuple[str, Value], ...] = ()
    classes: tuple[str, ...] = ()
    imports: tuple[tuple[str, str, str], ...] = ()
    calls: tuple[Call, ...] = ()
    configs: tuple[Config, ...] = ()
    literals: tuple[Literal, ...] = ()
    uses: tuple[Use, ...] = ()
    shapes: tuple[tuple[str, ...], ...] = ()
    blinds: tuple[Blind, ...] = ()
    excerpts: tuple[tuple[int, str], ...] = ()
    functions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    crossings: Crossings = Crossings()
    invocations: tuple[Invocation, ...] = ()
    bases: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    tables: tuple[str, ...] = ()
    asked_versions: tuple[int, ...] = ()


_ROWS: dict[str, Any] = {
    "calls": Call._make,
    "configs": Config._make,
    "literals": Literal._make,
    "uses": Use._make,
    "blinds": Blind._make,
    "invocations": Invocation._make,
}


def dump_facts(facts: FileFacts) -> bytes:
    """Returns the facts as bytes for the cache."""
    held: tuple[Any, ...] = facts
    tables: list[Any] = [
        tuple(tuple(row) for row in table) if name in _ROWS else tuple(table)
        for name, table in zip(FileFacts._fields, held, strict=True)
    ]
    return marshal.dumps(tuple(tables))


# A proposal reads the tree again after each of its phases, and all but a few files are the same bytes then.
@lru_cache(maxsize=LOADED_MAX)
def load_facts(data: bytes) -> FileFacts | None:
    """Returns the facts that `dump_facts` wrote, None where the bytes are no such thing."""
    try:
        tables = dict(zip(FileFacts._fields, marshal.loads(data), strict=True))
        rows = {name: tuple(map(make, tables[name])) for name, make in _ROWS.items()}
        return FileFacts(**{**tables, **rows, "crossings": Crossings._make(tables["crossings"])})
    except (EOFError, ValueError, TypeError):
        return None
