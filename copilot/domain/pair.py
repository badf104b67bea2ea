"""What is said of two schemas: the registry's answer with its reasons, and what each decoder makes of the data."""

from __future__ import annotations

from typing import Literal, NamedTuple

Reads = Literal["yes", "no", "wrong-value", "unknown"]
Basis = Literal["predicted", "ran"]
Age = Literal["newer", "older"]
"""Which of two versions reads data of the other."""


class Reason(NamedTuple):
    """Why the registry says no: a rule's id, the path of the reader's field ("" for the schema itself), and what would mend it.

    Of a change of meaning, `readers` are the decoders that take the writer's own data for something else because of it.
    """

    rule: str
    path: str
    message: str
    fix: str
    readers: tuple[str, ...] = ()


class DecoderVerdict(NamedTuple):
    """What one decoder ("java", "python", "fastavro", "avsc") makes of data of the writer's schema, in the worst case.

    "wrong-value" means that some data decodes to another value than it had: a default, a rounded number, another unit.
    """

    decoder: str
    reads: Reads
    basis: Basis
    path: str = ""
    note: str = ""


class PairVerdict(NamedTuple):
    """The registry's answer is None where a schema is invalid or leads on too deep; `error` then says which and why.

    `meanings` are changes of meaning that neither rules nor decoders notice, where they were asked for.
    """

    compatible: bool | None
    error: str
    reasons: tuple[Reason, ...]
    decoders: tuple[DecoderVerdict, ...]
    meanings: tuple[Reason, ...] = ()
