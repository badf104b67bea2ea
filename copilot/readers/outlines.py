"""What is in a Python file, at first sight? A search for signs, and the facts at once where it finds one.

An outline is all that most of a tree's files are ever asked for; only those that may hold endpoints or schemas are parsed before
it is known which jobs there are.
"""

from __future__ import annotations

import marshal
from typing import NamedTuple

from copilot.readers.facts import DECORATED, FACTS_KIND, FileFacts, dump_facts
from copilot.readers.record_classes import names_records, with_schemas_only
from copilot.readers.words import acts_when_imported, concerns_endpoints, is_script, is_tests

OUTLINE_KIND = f"python-outline-8-{FACTS_KIND}"
_NO_CLIENTS = frozenset({"file", "spark builder", "spark session"})


class Outline(NamedTuple):
    """Whether a file may concern endpoints and so was parsed, whether it is a script, and what only parsed files can tell.

    `has_schemas` leaves out classes that are schemas only where some file names them, as one that `names_records` may.
    `has_endpoints` tells that it reads or writes some, or makes a client that does, `acts_at_once` that importing it does so.
    """

    is_parsed: bool = False
    is_script: bool = False
    has_schemas: bool = False
    has_endpoints: bool = False
    classes: tuple[str, ...] = ()
    gaps: tuple[tuple[int, str], ...] = ()
    acts_at_once: bool = False
    is_tests: bool = False
    names_records: bool = False


def facts_of(text: str) -> bytes:
    """Returns the facts of one Python file, as they are kept."""
    return dump_facts(_parsed(text))


def first_look(text: str) -> bytes:
    """Returns the outline of one Python file, as it is kept, with its facts where it was parsed."""
    if not concerns_endpoints(text):
        outline = Outline(is_script=is_script(text), acts_at_once=acts_when_imported(text))
        return marshal.dumps((dump_outline(outline), b""))
    facts = _parsed(text)
    return marshal.dumps((dump_outline(_outline(facts, text)), dump_facts(facts)))


def _parsed(text: str) -> FileFacts:
    # Imported where a file is parsed: it is a third of all that reading imports, and a change of a schema parses none.
    from copilot.readers.python_reader import read_python

    return read_python(text)


def dump_outline(outline: Outline) -> bytes:
    return marshal.dumps(tuple(outline))


def load_outline(data: bytes) -> Outline | None:
    """Returns the outline that was kept, None where the bytes are none."""
    try:
        return Outline._make(marshal.loads(data))
    except (EOFError, ValueError, TypeError):
        return None


def _outline(facts: FileFacts, text: str) -> Outline:
    clients = (
        value for _, value in facts.names if value is not None and value[0] == "client" and value[1] not in _NO_CLIENTS
    )
    is_fed = any(one.receiver == DECORATED for one in facts.invocations)
    has_endpoints = bool(facts.calls or facts.configs or is_fed) or next(clients, None) is not None
    acts = any(call.role in ("consume", "produce") and not call.scope for call in facts.calls) or acts_when_imported(
        text
    )
    return Outline(
        True,
        is_script(text),
        bool(with_schemas_only(facts).literals),
        has_endpoints,
        facts.classes,
        facts.gaps,
        acts,
        is_tests(text),
        names_records(facts),
    )
