"""Where does a Python file that can't be parsed name a field? One for Python 2, or with a slip, may use it; nobody can tell.

The map tells such a file as a gap only where it speaks of a client; a script that prints a record's field does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.domain.mention import is_distinctive
from copilot.domain.operation import Operation, old_names
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.domain.python_text import parsed_python
from copilot.domain.source import Span
from copilot.impact.kept_records import EXCERPT_LENGTH_MAX
from copilot.impact.mentions import files_holding
from copilot.impact.places import place_of
from copilot.ports import Index, Tree

LINES_A_FILE_MAX = 20
USES_MAX = 100
_QUOTED = re.compile(r"""(["'])(\w+)\1""")


def uses_unparsed(
    operation: Operation,
    impact: Impact,
    pipeline: PipelineMap,
    tree: Tree,
    index: Index,
    passed_over: tuple[str, ...] = (),
) -> tuple[FieldUse, ...]:
    """Returns the lines that quote a field of the operation, as possible uses in the order of paths and lines.

    A name that is a word of every day counts only where the file quotes another field of the subject too. `impact` is the
    operation's, without them. At most `USES_MAX`; () where the field is not there yet, and for what is about no field.
    """
    if not operation.field:
        return ()
    latest = pipeline.subject(impact.subject).latest
    fields = {it.name for it in latest.fields}
    wanted = [name for name in old_names(operation) if name in fields and impact.path.endswith(operation.field)]
    # Parsing takes most of the time here, and what has uses was parsed for the map.
    parsed = {it.span.path for it in pipeline.uses}
    found: list[FieldUse] = []
    for file in files_holding(
        wanted, tree, index, passed_over, lambda path: path.endswith(".py") and path not in parsed
    ):
        named = list(_named(file.text, wanted, fields))
        if named and parsed_python(file.text) is None:
            job = _job_of(file.path, pipeline)
            for name, number, offset, line in named[:LINES_A_FILE_MAX]:
                span = Span(file.path, number, number)
                found.append(
                    FieldUse(
                        job=job,
                        subject=impact.subject,
                        path=impact.path.removesuffix(operation.field) + name,
                        mode="reads",
                        form="unparsed",
                        certainty="possible",
                        span=span,
                        offset=offset,
                        is_test=place_of(file.path).is_test,
                        excerpt=line.strip()[:EXCERPT_LENGTH_MAX],
                    )
                )
    return tuple(found[:USES_MAX])


def _named(text: str, wanted: list[str], fields: set[str]) -> Iterator[tuple[str, int, int, str]]:
    """Yields name, line, offset in bytes and the line itself for each quoted name that may be the field."""
    quoted = {match[2] for match in _QUOTED.finditer(text)} & fields
    sure = [name for name in wanted if name in quoted and (is_distinctive(name) or len(quoted) > 1)]
    offset = 0
    for number, line in enumerate(text.split("\n") if sure else (), 1):
        for match in _QUOTED.finditer(line):
            if match[2] in sure:
                yield match[2], number, offset + len(line[: match.start()].encode()), line
        offset += len(line.encode()) + 1


def _job_of(path: str, pipeline: PipelineMap) -> str:
    """Returns the job in whose folder the file lies, the innermost; the file itself where it lies in none."""
    above = [
        it for it in pipeline.jobs if it.root not in ("", ".") and f"{path}/".startswith(f"{it.root.rstrip('/')}/")
    ]
    return max(above, key=lambda it: len(it.root)).name if above else path
