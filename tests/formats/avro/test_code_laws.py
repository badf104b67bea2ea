"""Laws over generated schemas that stand in Python code, in the layouts that formatters and people give them."""

from __future__ import annotations

import ast
import json
import pprint
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from copilot.domain.schema import SchemaVersion
from tests.formats.avro.arranging import FORMAT, edit, source_of
from tests.formats.avro.generated import records, schemas

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def tall(value: Any, indent: str) -> str:
    """The layout of a formatter: everything over several lines, with a comma after the last item."""
    inner = indent + "    "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{json.dumps(name)}: {tall(member, inner)},\n" for name, member in value.items()]
        return "{\n" + "".join(lines) + indent + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{tall(item, inner)},\n" for item in value) + indent + "]"
    return repr(value)


@st.composite
def codes(draw: st.DrawFn) -> str:
    schema = draw(records())
    layouts = [repr(schema), pprint.pformat(schema, sort_dicts=False, width=60), tall(schema, ""), tall(schema, "    ")]
    text = draw(st.sampled_from(layouts))
    if draw(st.booleans()):
        text = text.replace(",\n", ",  # é, and [more]\n")
    return f"é = 1\nSCHEMA = parse({text})  # the end\n"


def parsed(code: str) -> SchemaVersion:
    version = FORMAT.parse(code, literal(code), {})
    assert isinstance(version, SchemaVersion), version
    return version


def literal(code: str) -> Any:
    start, end = code.index("parse(") + len("parse("), code.rindex(")  # the end")
    sizes = len(code[:start].encode()), len(code[:end].encode())
    return source_of(code, "jobs/schema.py", "python-dict", *sizes)


@QUICK
@given(codes(), st.data())
def test_taking_out_what_was_put_in_gives_the_code_byte_for_byte(code: str, data: st.DataObject) -> None:
    version = parsed(code)
    assume(version.fields)
    at = data.draw(st.sampled_from(version.fields))
    new = {"name": "note", "type": data.draw(schemas("New", 1)), "default": None}
    after = data.draw(st.sampled_from(["", at.name]))

    added = FORMAT.edit(code, [edit(code, "add_field", value=new, record=at.record, name=after, source=literal(code))])
    taken = FORMAT.edit(added, [edit(added, "remove_field", "note", record=at.record, source=literal(added))])

    assert taken == code
    assert {entry.path for entry in parsed(added).fields} > {entry.path for entry in version.fields}


@QUICK
@given(codes(), st.data())
def test_edited_code_says_what_the_edits_say(code: str, data: st.DataObject) -> None:
    version = parsed(code)
    assume(version.fields)
    at = data.draw(st.sampled_from(version.fields))
    source = literal(code)

    after = FORMAT.edit(
        code,
        [
            edit(code, "rename_field", at.name, "it's", record=at.record, source=source),
            edit(code, "set_property", at.name, "a \"doc\"\nof 'lines'", record=at.record, name="doc", source=source),
            edit(code, "set_property", at.name, True, record=at.record, name="deprecated", source=source),
        ],
    )

    ast.parse(after)
    (found,) = {(entry.name, entry.doc) for entry in parsed(after).fields if entry.record == at.record} - {
        (entry.name, entry.doc) for entry in version.fields if entry.record == at.record
    }
    assert found == ("it's", "a \"doc\"\nof 'lines'")
    assert after.count("\n") >= code.count("\n")
    assert after.count("# é, and") == code.count("# é, and")
