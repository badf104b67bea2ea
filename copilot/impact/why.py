"""Why is a file on the list, or only on the long one? Puts the groups of signs that weigh most into short sentences."""

from __future__ import annotations

from collections.abc import Callable

from copilot.impact.facts import FileFacts
from copilot.impact.ranking import Ranked

REASONS_MAX = 4
WORTH_SAYING = 0.35
_Sentence = Callable[[FileFacts], str]


def reasons_of(ranked: Ranked, fields: str, record: str) -> tuple[str, ...]:
    """Returns what speaks for the file, the weightiest first, then the one thing that speaks most against it."""
    if ranked.facts.is_schema:
        return (f"defines {record or 'the record'}",)
    said: dict[str, None] = {}
    for group, weight in ranked.groups:
        if weight >= WORTH_SAYING and (sentence := _for(group, ranked.facts, fields, record)):
            said[sentence] = None
    kept = list(said)[:REASONS_MAX]
    if ranked.facts.passage and ranked.facts.passage.whole_lines:
        line = ranked.facts.passage.whole_lines[0]
        kept = [
            *kept[: REASONS_MAX - 1],
            f"hands {record or 'the record'} on whole at line {line}, whatever fields it has",
        ]
    against = [
        sentence
        for group, weight in ranked.groups
        if weight <= -WORTH_SAYING and (sentence := _against(group, ranked.facts, fields))
    ]
    kept += [f"but {sentence}" for sentence in against[:1]]
    return tuple(kept) or ("shares names or a folder with the schema",)


def _for(group: str, it: FileFacts, fields: str, record: str) -> str:
    match group:
        case "siblings":
            if not it.siblings_count:
                return ""
            where = ", close together" if it.passage and it.passage.density >= 0.5 else ""
            return f"names {it.siblings_count} of the record's {it.siblings_of} other fields{where}"
        case "sister":
            return "defines a record with the same fields"
        case "field":
            return _field_sentence(it, fields)
        case "record" | "type":
            return _record_sentence(it, record)
        case "schema-file":
            return "names the schema's file" if it.names_schema else ""
        case "path":
            return (
                "is named like the schema" if it.is_same_stem or it.stem_likeness >= 0.3 else f"is named like {record}"
            )
        case "together" | "record-past":
            return _together_sentence(it)
        case "beside":
            return "often changes with schemas of this folder" if it.beside >= 0.1 else ""
        case "activity":
            return "changed in the last days" if 0 <= it.age_days <= 10 else ""
        case "kin":
            return f"belongs to {it.kin_path}" if it.kin_path else ""
        case "company":
            return _company_sentence(it)
        case "folder":
            return "lies in the same folder" if it.steps == 0 else "lies near the schema" if it.steps <= 2 else ""
        case "generated":
            return "is generated from the schema" if it.place.is_generated else ""
        case "ritual":
            return "changes with almost every schema change here"
        case "test":
            return "is a test" if it.siblings_count or it.record or it.field else ""
        case _:
            return ""


def _against(group: str, it: FileFacts, fields: str) -> str:
    match group:
        case "activity":
            # Beyond the log's reach is long ago only where there is a log: the schema's own changes tell.
            is_old = it.age_days > 100 or (it.age_days < 0 and it.together_of > 0)
            return "has not changed for long" if is_old else ""
        case "together" if it.together_of >= 3 and not it.together_count:
            return f"did not change with the schema in any of its last {it.together_of} changes"
        case "frozen":
            return "looks frozen, copied or versioned by its path"
        case "fixture":
            return "lies among samples"
        case "generated":
            return "is generated"
        case "field" if it.field >= 2:
            return f"may name another object's {fields}"
        case "folder":
            return "lies far from the schema" if it.steps > 4 else ""
        case "ritual":
            return "is release bookkeeping"
        case _:
            return ""


def _field_sentence(it: FileFacts, fields: str) -> str:
    if it.field >= 2:
        near = " beside the record's other names" if it.passage and it.passage.field_near else ""
        style = "" if it.field == 3 else " in another case style"
        return f"names {fields}{style}{near}"
    if it.field == 1:
        return f"has {fields} inside of longer names"
    return f"has names like {fields}" if it.parts else ""


def _record_sentence(it: FileFacts, record: str) -> str:
    if it.passage and it.passage.builds:
        return f"builds {record}"
    if it.passage and it.passage.defines:
        return f"defines {record} anew"
    if it.record:
        return f"names {record}"
    return "names the field's type" if it.type_rarity else ""


def _company_sentence(it: FileFacts) -> str:
    if it.pair >= 0.25:
        return "changes together with files of this list"
    if it.names_likely >= 2:
        return "uses a file of this list"
    return "is used by a file of this list" if it.named_by_likely >= 2 else ""


def _together_sentence(it: FileFacts) -> str:
    if it.with_record_count >= 2 or it.with_record_count == it.with_record_of == 1:
        return f"changed with the record's fields in {it.with_record_count} of {it.with_record_of} changes"
    if not it.together_count:
        return ""
    if it.together_of == 1:
        return "changed with the schema the one time that it changed"
    return f"changed with the schema in {it.together_count} of its last {it.together_of} changes"
