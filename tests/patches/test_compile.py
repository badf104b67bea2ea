from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import pytest

from copilot.domain.alternative import CodeEdit, Edit, NewFile, SchemaEdit, SignalEdit
from copilot.domain.patch import Patch, Refused
from copilot.domain.schema import SchemaHost, SchemaSource
from copilot.domain.source import Span
from copilot.formats.avro import AvroFormat
from copilot.patches.compile import PatchCompiler, is_inside
from tests.checks.cases import COMMIT, alternative_of, tree_of

SCHEMA = """{
  "type": "record", "name": "Order",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "amount", "type": "long"}
  ]
}
"""
JOB = """SCHEMA = {
    "type": "record",
    "name": "Order",
    "fields": [
        {"name": "amount", "type": "long"},  # cents
    ],
}


def send(amount):
    return {"amount": amount}
"""


def compiled(files: Mapping[str, str], *phases: tuple[Edit, ...]) -> tuple[Patch, ...]:
    patches = PatchCompiler({"avro": AvroFormat()}).compile(alternative_of(*phases), tree_of(files))
    assert not isinstance(patches, Refused), patches
    return patches


def refused(files: Mapping[str, str], *edits: Edit) -> Refused:
    answer = PatchCompiler({"avro": AvroFormat()}).compile(alternative_of(edits), tree_of(files))
    assert isinstance(answer, Refused)
    return answer


def source(path: str, text: str, host: SchemaHost = "file", start: int = 0, end: int | None = None) -> SchemaSource:
    return SchemaSource(path, "", COMMIT, host, start, len(text.encode()) if end is None else end, Span(path, 1, 1))


def rename_in(schema: SchemaSource) -> SchemaEdit:
    return SchemaEdit(schema, "rename_field", "Order", "amount", value='"total"')


def rename_at(path: str, text: str, token: str) -> CodeEdit:
    return CodeEdit(path, len(text[: text.rindex(token)].encode()), "rename_key", "amount", "total")


def after(patch: Patch) -> dict[str, str | None]:
    return {change.path: change.after for change in patch.changes}


def test_each_phase_is_compiled_from_the_base() -> None:
    files = {"order.avsc": SCHEMA, "job.py": JOB}
    schema, code = rename_in(source("order.avsc", SCHEMA)), rename_at("job.py", JOB, '"amount"')

    first, second, third = compiled(files, (schema,), (schema, code), ())

    renamed = SCHEMA.replace("amount", "total")
    assert after(first) == {"order.avsc": renamed}
    assert after(second) == {"order.avsc": renamed, "job.py": JOB.replace('{"amount": amount}', '{"total": amount}')}
    assert after(third) == {}
    assert [patch.phase for patch in (first, second, third)] == [0, 1, 2]
    assert {patch.base for patch in (first, second, third)} == {COMMIT}


def test_edits_that_phases_and_alternatives_share_are_made_once() -> None:
    made: list[str] = []

    class Counting(AvroFormat):
        def edit(self, text: str, edits: Sequence[SchemaEdit]) -> str:
            made.append(text)
            return super().edit(text, edits)

    compiler, tree = PatchCompiler({"avro": Counting()}), tree_of({"order.avsc": SCHEMA, "job.py": JOB})
    schema, code = rename_in(source("order.avsc", SCHEMA)), rename_at("job.py", JOB, '"amount"')

    first = compiler.compile(alternative_of((schema,), (schema, code)), tree)
    second = compiler.compile(alternative_of((schema, code)), tree)

    assert made == [SCHEMA]
    assert isinstance(first, tuple)
    assert isinstance(second, tuple)
    assert second[0].changes == first[1].changes


def test_a_file_that_changed_is_edited_anew() -> None:
    compiler, shorter = PatchCompiler({"avro": AvroFormat()}), SCHEMA.replace('"long"', '"int"')
    edit = rename_in(source("order.avsc", SCHEMA))

    both = [compiler.compile(alternative_of((edit,)), tree_of({"order.avsc": text})) for text in (SCHEMA, shorter)]

    texts = [patches[0].changes[0].after for patches in both if isinstance(patches, tuple)]
    assert texts == [SCHEMA.replace("amount", "total"), shorter.replace("amount", "total")]


def test_a_schema_literal_and_the_code_around_it_are_edited_together() -> None:
    literal = ast.parse(JOB).body[0]
    assert isinstance(literal, ast.Assign)
    start, end = JOB.index("{"), JOB.index("}\n\n") + 1

    [patch] = compiled(
        {"job.py": JOB},
        (rename_in(source("job.py", JOB, "python-dict", start, end)), rename_at("job.py", JOB, '"amount"')),
    )

    renamed = JOB.replace('"name": "amount"', '"name": "total"').replace('{"amount": amount}', '{"total": amount}')
    assert after(patch) == {"job.py": renamed}


def test_line_ends_mark_and_missing_last_newline_stay() -> None:
    schema, job = SCHEMA.strip().replace("\n", "\r\n"), "\ufeff" + JOB.strip().replace("\n", "\r\n")

    [patch] = compiled(
        {"order.avsc": schema, "job.py": job},
        (rename_in(source("order.avsc", schema)), rename_at("job.py", job, '"amount"')),
    )

    assert after(patch)["order.avsc"] == schema.replace("amount", "total")
    assert after(patch)["job.py"] == job.replace('{"amount": amount}', '{"total": amount}')


def test_a_new_file_is_created() -> None:
    [patch] = compiled({"a.py": ""}, (NewFile("b/c.md", "text\n"),))

    assert after(patch) == {"b/c.md": "text\n"}
    assert patch.changes[0].before is None


@pytest.mark.parametrize(
    "path", ["a.py", "a.py/b", "folder", "/etc/x", "../x", ".git/config", "b/.GIT/x", "b//c", "C:/x", ""]
)
def test_a_new_file_never_lands_on_another_or_outside(path: str) -> None:
    answer = refused({"a.py": "", "folder/b.py": ""}, NewFile(path, "x"))

    assert answer.next


def test_a_use_outside_of_python_needs_a_person() -> None:
    answer = refused({"job.scala": "one\nrow(amount)\n"}, CodeEdit("job.scala", 8, "rename_key", "amount", "total"))

    assert (str(answer.where), answer.what) == ("job.scala:2", '"amount" is used in job.scala, which is not Python.')


def test_all_places_that_stand_against_it_are_named() -> None:
    edits = [CodeEdit(path, 0, "rename_key", "amount", "total") for path in ("a.py", "b.py", "c.py")]

    answer = refused({"a.py": "x = 1\n", "b.py": "y = (\n", "c.py": "z = 2\n"}, *edits)

    assert answer.what == 'There is no "amount" to edit at a.py:1.'
    assert answer.next.endswith("The same holds for b.py:1, c.py:1.")


def test_a_schema_that_does_not_hold_the_field_is_refused_with_its_place() -> None:
    answer = refused({"order.avsc": '{"type": "string"}'}, rename_in(source("order.avsc", '{"type": "string"}')))

    assert answer.where is not None
    assert answer.where.path == "order.avsc"


def test_an_absent_file_is_refused() -> None:
    assert "does not exist" in refused({}, CodeEdit("a.py", 0, "rename_key", "a", "b")).what


def test_signals_are_refused_until_they_can_be_compiled() -> None:
    assert refused({"a.py": ""}, SignalEdit("a.py", 1, "lag")).where == Span("a.py", 1, 1)


def test_an_alternative_that_changes_nothing_has_no_patches() -> None:
    assert compiled({"a.py": ""}) == ()


def test_ordinary_names_are_inside() -> None:
    assert all(is_inside(path) for path in ("a", "a/b.py", ".github/x", ".gitignore", "docs/..a/b", "a b/ü"))
