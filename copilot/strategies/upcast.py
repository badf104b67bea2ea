"""A chain of upcasters in the readers: records keep the shape in which they were written, and code knows only the latest one."""

from __future__ import annotations

from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.pipeline import FieldUse
from copilot.domain.upcasts import Upcast, chain_text
from copilot.strategies.ground import Ground
from copilot.strategies.guarded import in_docstring, module_beside, snake
from copilot.strategies.rollout import CONSUMERS_FIRST, State, alternative
from copilot.strategies.words import about_keys, joined
from copilot.strategies.work import Work, code_work, reads

UPCAST = "upcaster chain"
_FORMS = ("subscript", "get")


def raw_reads(ground: Ground) -> tuple[FieldUse, ...]:
    """Returns the reads of consumers that get records as they were written: no schema of theirs resolves a name."""
    raw = {it.job for it in ground.impact.consumers if it.decoder and it.decoder.reader_schema == "writer"}
    return tuple(use for use in reads(ground) if use.job in raw and use.form in _FORMS and not use.is_test)


def upcast_at_read(ground: Ground, to: str, what: str, renamed: Work) -> Alternative | NotOffered:
    """Offers to rename at once, with a chain of upcasters where records are read; `renamed` is all but those reads."""
    own = raw_reads(ground)
    if not own:
        return NotOffered(
            UPCAST,
            "No consumer was found that gets records as they were written and reads the field from them: where a reader has a"
            " schema of its own, an alias does the same.",
        )
    record = ground.record.rpartition(".")[2]
    function = f"upcast_{snake(record)}"
    steps = _chain(ground, to)
    read = code_work(ground, own, "read_upcast", to=to, expression=f"{function}({{}})")
    text = chain_text(in_docstring(ground.record), function, steps)
    work = renamed + read + module_beside(read, f"{function}_v{steps[-1].version + 1}", function, text)
    return alternative(
        ground,
        "upcaster",
        f"{what} at once, and bring earlier records to the new name where they are read",
        UPCAST,
        (State("renamed", work, CONSUMERS_FIRST),),
        joined(
            "It wins where history matters and readers get records as they were written: nothing is written twice, stored bytes"
            " never change, and a replay from the first record works. The functions stay as long as such a record can be read, and"
            " each read passes them.",
            about_keys(ground),
        ),
    )


def _chain(ground: Ground, to: str) -> list[Upcast]:
    """A step for this change, and one for each earlier one that an alias tells of, oldest first."""
    name, versions = ground.operation.field, ground.subject.versions
    steps = [Upcast(versions[-1].number, name, to)]
    for older, newer in zip(reversed(versions[:-1]), reversed(versions), strict=False):
        before = {it.name for it in older.fields if it.record == ground.record}
        now = next((it for it in newer.fields if it.record == ground.record and it.name == name), None)
        earlier = next((it for it in now.aliases if it in before), "") if now and name not in before else ""
        if earlier:
            steps.insert(0, Upcast(older.number, earlier, name))
            name = earlier
    return steps
