"""The 57 edits: what is printed is what docs/avro-matrix.md holds, and the battery and `compat` say of each what the table says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copilot.checks.compatibility import CompatibilityCheck
from copilot.checks.matrix import Row, matrix
from copilot.checks.pairs_run import version_of
from copilot.checks.replay import ReplayCheck
from copilot.cli.main import main
from copilot.cli.matrix_text import PREDICTED, matrix_text
from copilot.domain.alternative import Alternative, Phase
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeRequest,
    ChangeType,
    Deprecate,
    Operation,
    RemoveField,
    RemoveSymbol,
    RenameField,
)
from copilot.domain.patch import FileChange, Patch
from copilot.domain.schema import SchemaVersion
from copilot.formats.avro import AvroFormat
from copilot.formats.avro.edits import TRIED_EDITS, TriedEdit
from copilot.ports import Bench, Case
from tests import outside
from tests.checks.cases import COMMIT, tree_of
from tests.checks.orders import SCHEMA_PATH, SUBJECT, NoSandbox, NoScratch, pipeline

PAGE = Path(__file__).parents[2] / "docs/avro-matrix.md"
EDITS = {edit.name: edit for edit in TRIED_EDITS}
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (ok|no) \| (.+?) \| (ok|no) \| (.+?) \|$")
TOOL = re.compile(r"^\* ([JFPS]): ([^,]+), (.+)$")
DECODERS = {"J": "java", "F": "fastavro", "P": "python", "S": "avsc"}
# The swap by aliases is legal for Python's checker; registries fail on it, so here the rules refuse it.
HURT = {
    "rename, no alias, both names have a default": {"java", "fastavro", "python", "avsc"},
    "change the namespace only": {"python", "avsc"},
    "string to bytes": {"java", "fastavro", "python", "avsc"},
    "add [string, null] with default null": {"python", "avsc"},
    "add a symbol, the enum has a default": {"java", "fastavro", "python", "avsc"},
    "remove a symbol, the enum has a default": {"java", "fastavro", "python", "avsc"},
    "timestamp-millis to timestamp-micros": {"java", "avsc"},
    "long that holds seconds to timestamp-millis": {"java", "avsc"},
    "decimal scale 2 to 4": {"java", "avsc"},
    "another unit in the doc only": {"java", "fastavro", "python", "avsc"},
}
SWAP = "swap two fields by aliases"
CLEAN = (
    "add a field with default",
    "remove a field that had a default",
    "reorder a union",
    "reorder symbols",
    "decimal precision 9 to 18",
    "reorder fields",
    "change a default",
    "remove a default",
)


def rows_of(page: str) -> dict[str, tuple[str, ...]]:
    return {found[2]: tuple(found.group(3, 4, 5, 6)) for line in page.splitlines() if (found := ROW.match(line))}


def tools_of(page: str) -> dict[str, str]:
    return {found[1]: found[3] for line in page.splitlines() if (found := TOOL.match(line))}


def letters(cells: str, columns: set[str]) -> list[str]:
    return [cell for cell in cells.split() if cell[0].upper() in columns]


def assert_page_holds(printed: str) -> None:
    page = PAGE.read_text("utf-8")
    same = {letter for letter, version in tools_of(page).items() if tools_of(printed)[letter] == version}
    assert {"F", "P"} <= same
    held = rows_of(page)
    for name, (backward, first, forward, second) in rows_of(printed).items():
        assert (backward, letters(first, same)) == (held[name][0], letters(held[name][1], same)), name
        assert (forward, letters(second, same)) == (held[name][2], letters(held[name][3], same)), name
    assert len(held) == len(TRIED_EDITS) == 57


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.name: row for row in matrix(TRIED_EDITS, AvroFormat())}


def test_the_page_holds_what_is_printed_by_the_decoders_that_are_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compat", "--matrix"]) == 0

    printed = capsys.readouterr().out

    assert_page_holds(printed)
    assert "* J: Avro for Java, not run" in printed
    assert f"J{PREDICTED}" in printed


@pytest.mark.tool("avro-java")
def test_the_page_holds_what_java_makes_of_the_edits() -> None:
    schema_format = outside.format_with(outside.java())

    assert_page_holds(matrix_text(matrix(TRIED_EDITS, schema_format), schema_format))


@pytest.mark.tool("avsc")
def test_the_page_holds_what_avsc_makes_of_the_edits() -> None:
    schema_format = outside.format_with(outside.avsc())

    assert_page_holds(matrix_text(matrix(TRIED_EDITS, schema_format), schema_format))


def test_the_page_is_of_all_four_decoders() -> None:
    page = PAGE.read_text("utf-8")

    assert PREDICTED not in "".join(cell for row in rows_of(page).values() for cell in row)
    assert "not run" not in tools_of(page).values()


def test_eighteen_edits_are_legal_and_ten_of_them_hurt_somebody(rows: dict[str, Row]) -> None:
    hurt = {name: set(row.hurt) for name, row in rows.items() if row.is_legal}

    assert hurt == HURT | {name: set() for name in CLEAN}


def said_by_compat(edit: TriedEdit, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[bool, set[str]]:
    """Whether registries allow it, and the decoders that the command names."""
    for name, schema in (("old.avsc", edit.old), ("new.avsc", edit.new)):
        (folder / name).write_text(json.dumps(schema))
    main(["compat", "old.avsc", "new.avsc", "--level", "FULL", "--format", "json", "-C", str(folder)])
    answer = json.loads(capsys.readouterr().out)
    named: set[str] = set()
    for pair in answer["pairs"]:
        named |= {name for name, it in pair["readers"].items() if it["reads"] != "yes"}
        named |= {name for meaning in pair["meanings"] for name in meaning["readers"]}
    return answer["compatible"], named


@pytest.mark.parametrize("name", [*HURT, *CLEAN])
def test_compat_names_the_decoders_that_a_legal_edit_hurts(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    is_legal, named = said_by_compat(EDITS[name], tmp_path, capsys)

    assert is_legal
    assert named == HURT.get(name, set())


def test_compat_refuses_the_swap_on_which_registries_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    is_legal, named = said_by_compat(EDITS[SWAP], tmp_path, capsys)

    assert (is_legal, named) == (False, {"avsc"})


OPERATIONS: dict[str, Operation] = {
    "rename, no alias, both names have a default": RenameField(SUBJECT, "", "a", "b"),
    "add [string, null] with default null": AddField(SUBJECT, "", "a", '["string","null"]', "null"),
    "add a field with default": AddField(SUBJECT, "", "a", '"int"', "1"),
    "remove a field that had a default": RemoveField(SUBJECT, "", "a"),
    "add a symbol, the enum has a default": AddSymbol(SUBJECT, "", "a", "C"),
    "remove a symbol, the enum has a default": RemoveSymbol(SUBJECT, "", "a", "C"),
    "change a default": ChangeDefault(SUBJECT, "", "a", "2"),
    "string to bytes": ChangeType(SUBJECT, "", "a", '"bytes"'),
    SWAP: RenameField(SUBJECT, "", "a", "b"),
}
# How findings call the decoders.
WORDS = {
    "java": r"\bjava\b|Avro for Java|whichever decoder|no decoder",
    "avsc": r"\bavsc\b|whichever decoder|no decoder",
    "python": r"\bavro:|Apache avro|both Python ones\)|whichever decoder|no decoder",
    "fastavro": r"\bfastavro:|both Python ones\)|whichever decoder|no decoder",
}
WITHOUT_EFFECT = {"replay.stand-in", "replay.default-moved", "avro.default-changed", "avro.default-removed"}


def version(schema: Any, number: int) -> SchemaVersion:
    found = version_of(schema, AvroFormat())
    assert found is not None
    source = replace(found.source, path=SCHEMA_PATH, commit=COMMIT)
    return replace(found, subject=SUBJECT, number=number, source=source)


def said_by_the_battery(edit: TriedEdit, schema_format: AvroFormat) -> set[str]:
    """The decoders that warnings and errors of the battery name where nobody says what consumers decode with."""
    old, new = version(edit.old, 1), version(edit.new, 2)
    base, after = (pipeline(versions, level="FULL", reader=None) for versions in ([old], [old, new]))
    operation = OPERATIONS.get(edit.name, Deprecate(SUBJECT, "", "a"))
    patch = Patch("try-000001", 0, COMMIT, (FileChange(SCHEMA_PATH, old.text, new.text),), "", "d")
    alternative = Alternative("try-000001", "a try", "rules", "a try", (Phase("it", (), ()),), "")
    case = Case(ChangeRequest("a try", (operation,), COMMIT, "ada"), base, (), alternative, (patch,), (after,))
    bench = Bench(tree_of({}), {"avro": schema_format}, NoScratch(), NoSandbox())
    told = [*CompatibilityCheck().run(case, bench).findings, *ReplayCheck().run(case, bench).findings]
    texts = [it.message for it in told if it.severity != "note" and it.rule not in WITHOUT_EFFECT]
    return {name for name, words in WORDS.items() if any(re.search(words, text) for text in texts)}


@pytest.mark.parametrize("name", [*HURT, *CLEAN])
def test_the_battery_names_the_decoders_that_a_legal_edit_hurts(name: str) -> None:
    assert said_by_the_battery(EDITS[name], AvroFormat()) == HURT.get(name, set())


@pytest.mark.tool("avro-java")
@pytest.mark.tool("avsc")
@pytest.mark.parametrize("name", [*HURT, *CLEAN])
def test_the_battery_with_all_decoders_names_the_same(name: str) -> None:
    assert said_by_the_battery(EDITS[name], outside.format_with(outside.java(), outside.avsc())) >= HURT.get(
        name, set()
    )
