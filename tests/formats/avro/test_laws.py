"""Laws over generated schemas: agreement with the libraries, and edits that touch only what they must."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress
from copy import deepcopy
from typing import Any

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from fastavro.schema import fingerprint as fastavro_fingerprint
from fastavro.schema import to_parsing_canonical_form
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from copilot.checks.values import same
from copilot.domain.schema import SchemaVersion
from copilot.domain.source import Gap
from copilot.formats.avro.canonical import canonical_form, fingerprint
from copilot.ports import Undecodable
from tests.formats.avro.arranging import FORMAT, edit, read, read_any, source_of
from tests.formats.avro.generated import records, schemas

LAYOUTS = st.sampled_from([(None, None), (None, (",", ":")), (2, None), (4, None), ("\t", (",", ": "))])
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
OWN_RULES = {"avro.ambiguous-alias", "avro.shared-alias"}


def apache_says(reader: SchemaVersion, writer: SchemaVersion) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schemas = avro.schema.parse(reader.resolved), avro.schema.parse(writer.resolved)
    checker: Any = ReaderWriterCompatibilityChecker
    result = checker().get_compatibility(*schemas)
    return bool(result.compatibility is SchemaCompatibilityType.compatible)


def without_aliases_in_unions(schema: Any, inside: bool = False) -> Any:
    """Where an alias is ambiguous, we refuse and the Apache checker picks one; in a union that changes the branch, unseen."""
    if isinstance(schema, list):
        return [without_aliases_in_unions(branch, True) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: without_aliases_in_unions(value, inside) for name, value in schema.items() if name != "fields"}
    if "fields" in schema:
        kept = [
            {name: value for name, value in entry.items() if name != "aliases" or not inside}
            for entry in schema["fields"]
        ]
        changed["fields"] = [{**entry, "type": without_aliases_in_unions(entry["type"], inside)} for entry in kept]
    return changed


@QUICK
@given(st.one_of(schemas(has_logical=True), records(has_logical=True)))
def test_every_generated_schema_is_read_and_canonical_as_fastavro_says(schema: Any) -> None:
    version = read(json.dumps(schema))

    resolved = json.loads(version.resolved)
    assert canonical_form(resolved) == to_parsing_canonical_form(resolved)
    assert fingerprint(resolved) == fastavro_fingerprint(canonical_form(resolved), "SHA-256")
    assert read(version.resolved).meaning == version.meaning


@settings(QUICK, max_examples=250)
@given(records(), records())
def test_the_verdict_on_a_pair_is_that_of_the_apache_checker(one: Any, other: Any) -> None:
    reader, writer = read(without_aliases_in_unions(one)), read(without_aliases_in_unions(other))

    reasons = FORMAT.incompatibilities(reader, writer)

    assume(not any(reason.rule in OWN_RULES for reason in reasons))
    assert (not reasons) == apache_says(reader, writer)


@QUICK
@given(records())
def test_a_schema_reads_its_own_data_and_changes_nothing(schema: Any) -> None:
    version, again = read(schema), read(json.dumps(schema, indent=1))

    assert FORMAT.incompatibilities(version, again) == ()
    assert FORMAT.meaning_changes(version, again) == ()


@QUICK
@given(schemas(has_logical=True, kind="record"))
def test_samples_come_back_equal_from_both_decoders(schema: Any) -> None:
    resolved = read(schema).resolved

    samples = FORMAT.samples(resolved, "seed", 6)

    assert samples == FORMAT.samples(resolved, "seed", 6)
    for decoder in FORMAT.decoders:
        for value in samples:
            decoded = decoder.decode(decoder.encode(resolved, value), resolved, resolved)
            assert same(value, decoded.value)
            assert decoded.leftover_bytes == 0


@st.composite
def laid_out(draw: st.DrawFn) -> tuple[str, SchemaVersion]:
    indent, separators = draw(LAYOUTS)
    text = json.dumps(draw(records()), indent=indent, separators=separators, ensure_ascii=draw(st.booleans()))
    text = draw(st.sampled_from([text, text + "\n", text.replace("\n", "\r\n")]))
    version = FORMAT.parse(text, source_of(text), {})
    assert isinstance(version, SchemaVersion)
    return text, version


@QUICK
@given(laid_out(), st.data())
def test_taking_out_what_was_put_in_gives_the_base_byte_for_byte(
    base: tuple[str, SchemaVersion], data: st.DataObject
) -> None:
    text, version = base
    assume(version.fields)
    at = data.draw(st.sampled_from(version.fields))
    new = {"name": "note", "type": data.draw(schemas("New", 1)), "doc": "x"}
    after = data.draw(st.sampled_from(["", at.name]))

    added = FORMAT.edit(text, [edit(text, "add_field", value=new, record=at.record, name=after)])

    assert FORMAT.edit(added, [edit(added, "remove_field", "note", record=at.record)]) == text
    assert {entry.path for entry in version.fields} < {entry.path for entry in parsed(added).fields}


@QUICK
@given(laid_out(), st.data())
def test_a_rename_with_alias_touches_only_the_lines_of_the_field(
    base: tuple[str, SchemaVersion], data: st.DataObject
) -> None:
    text, version = base
    assume(version.fields)
    at = data.draw(st.sampled_from(version.fields))

    after = FORMAT.edit(
        text,
        [
            edit(text, "rename_field", at.name, "renamed", record=at.record),
            edit(text, "set_property", at.name, [at.name], record=at.record, name="aliases"),
        ],
    )

    before_lines, after_lines = text.split("\n"), after.split("\n")
    below = len(before_lines) - at.span.last_line
    assert after_lines[: at.span.first_line - 1] == before_lines[: at.span.first_line - 1]
    assert after_lines[len(after_lines) - below :] == before_lines[len(before_lines) - below :]
    assert has_only_ambiguous_aliases(parsed(after), version)


@QUICK
@given(laid_out(), st.data())
def test_a_field_made_optional_and_required_again_is_the_base(
    base: tuple[str, SchemaVersion], data: st.DataObject
) -> None:
    text, version = base
    fields = [entry for entry in version.fields if not entry.type.startswith("[") and entry.type != '"null"']
    assume(fields)
    at = data.draw(st.sampled_from(fields))
    type = json.loads(at.type)

    optional = FORMAT.edit(text, [edit(text, "set_type", at.name, ["null", type], record=at.record)])
    back = FORMAT.edit(optional, [edit(optional, "set_type", at.name, type, record=at.record)])

    assert back == text
    assert has_only_ambiguous_aliases(parsed(optional), version)


def parsed(text: str) -> SchemaVersion:
    version = FORMAT.parse(text, source_of(text), {})
    assert isinstance(version, SchemaVersion)
    return version


def has_only_ambiguous_aliases(reader: SchemaVersion, writer: SchemaVersion) -> bool:
    return {reason.rule for reason in FORMAT.incompatibilities(reader, writer)} <= OWN_RULES


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A schema in which one value, anywhere, was replaced by another."""
    schema = deepcopy(draw(records(has_logical=True)))
    part: Any = schema
    while True:
        keys: list[Any] = list(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys:
            return schema
        key = draw(st.sampled_from(keys))
        if isinstance(part[key], dict | list) and draw(st.booleans()):
            part = part[key]
            continue
        part[key] = draw(
            st.sampled_from(
                [None, True, -1, 10**12, 1.5, "", "int", "RootRecord", "a.b", [], {}, ["int"], {"type": "x"}]
            )
        )
        return schema


@settings(QUICK, max_examples=250)
@given(damaged(), records(has_logical=True))
def test_a_damaged_schema_is_a_gap_or_is_worked_with(schema: Any, sound: Any) -> None:
    version = read_any(json.dumps(schema))

    if isinstance(version, Gap):
        assert version.reason
        return
    other = read(sound)
    FORMAT.incompatibilities(version, other)
    FORMAT.meaning_changes(version, other)
    FORMAT.meaning_changes(other, version)
    for value in FORMAT.samples(version.resolved, "seed", 3):
        for decoder in FORMAT.decoders:
            with suppress(Undecodable):
                decoder.decode(decoder.encode(version.resolved, value), version.resolved, other.resolved)
