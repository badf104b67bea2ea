"""The test of recorded bytes that a person can add: it fails on the base and passes once the change is there."""

from __future__ import annotations

import ast
import datetime
import json
import math
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, RefusedByEvidence
from copilot.formats.avro.decoders import ApacheDecoder
from copilot.proposals import Workspace
from copilot.proposals.contract_test import names_in, written_down
from tests.line import copy_of_example


def outcome(folder: Path, text: str) -> int:
    file = folder / "tests" / "test_recorded_bytes.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=folder).returncode


def imported(text: str) -> set[str]:
    bodies = (node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom))
    return {alias.name.partition(".")[0] for node in bodies for alias in node.names} - {"annotations"}


def used(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


@pytest.mark.parametrize(
    "change",
    [
        "rename amount to total_cents in schemas/order.avsc",
        "add an optional double parallax to decision",
        "add symbol REVIEW to outcome in decision",
    ],
)
def test_it_fails_on_the_base_and_passes_with_the_change(
    change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, id = copy_of_example(tmp_path, change)
    proposal = Workspace.open(folder).load(id)
    assert proposal.decision is not None

    assert main(["show", id, "-C", str(folder), "--contract-test"]) == EXIT_DONE
    text = capsys.readouterr().out
    assert imported(text) <= used(text)
    before = outcome(folder, text)
    for it in proposal.patches_of(proposal.decision.chosen)[0].changes:
        (folder / it.path).write_text(it.after or "", "utf-8")
    after = outcome(folder, text)

    assert (before, after) == (1, 0)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"note": "inf and nan", "count": -1}, set()),
        ({"rate": math.inf}, {"inf"}),
        ([math.nan], {"nan"}),
        ({"at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "paid": Decimal("1.50")}, {"datetime", "Decimal"}),
    ],
)
def test_a_value_is_written_down_only_with_names_that_a_test_can_import(value: Any, names: set[str]) -> None:
    assert names_in(value) == names


def test_a_time_of_the_apache_package_is_written_down_in_utc() -> None:
    instant = {"type": "long", "logicalType": "timestamp-millis"}
    schema = json.dumps({"type": "record", "name": "R", "fields": [{"name": "at", "type": instant}]})
    read = ApacheDecoder().decode(b"\x00", schema, schema).value

    written = written_down(read)

    assert written == read
    assert names_in(written) == {"datetime"}


def test_what_only_people_read_has_no_such_test(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path, 'change the doc of amount in schemas/order.avsc to "In cents."')

    with pytest.raises(RefusedByEvidence, match="would pass on the base too"):
        Workspace.open(folder).contract_test(id)
