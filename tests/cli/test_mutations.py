"""`verify --mutate` on the command line: text, JSON that fits its schema, exit codes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from copilot.cli.main import main
from copilot.cli.mutations_text import mutations_text
from copilot.errors import EXIT_DONE, EXIT_REFUSED
from copilot.proposals.mutation import MutantSeen, MutationReport, mutation_object
from tests.golden import assert_golden
from tests.line import copy_of_example

SCHEMA = json.loads(files("copilot.cli").joinpath("mutations-1.schema.json").read_text("utf-8"))
REPORT = MutationReport(
    "p-0123456789",
    "alias-33bb44",
    (
        MutantSeen(
            "alias dropped",
            "schemas/order.avsc: set_property amount",
            "killed",
            "replay",
            "loses or changes values",
            "fastavro: amount is lost: 5 gives 0, data of version 1 read as phase 1 (8 of 8 records).",
            "records from before it lose the value under the new name",
        ),
        MutantSeen(
            "one use forgotten",
            "jobs/billing.py: rename_key amount",
            "survived",
            "",
            "",
            "",
            "one place goes on with the old form",
        ),
        MutantSeen(
            "null order swapped",
            "schemas/order.avsc: add_field total",
            "survived",
            "compatibility",
            "",
            'The default null of "total" is not of the first branch of its union (long).',
            "strict parsers refuse the schema",
        ),
        MutantSeen(
            "steps reversed",
            "phase 1",
            "equivalent",
            "",
            "",
            "every order of these jobs is safe, as the rollout check explored",
            "who has to move last moves first",
        ),
        MutantSeen("decimal scale changed", "", "not applicable", "", "", "no edit writes a decimal", "a tenth"),
    ),
)


def test_the_report_for_people() -> None:
    assert_golden(Path(__file__).parent / "golden" / "mutations.txt", mutations_text(REPORT))


def test_the_report_for_programs_fits_its_schema() -> None:
    value = mutation_object(REPORT)

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(value, SCHEMA)
    assert (value["killed"], value["survived"], value["score"]) == (1, 2, 0.3333)


def test_the_exit_code_tells_whether_a_broken_patch_survived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, id = copy_of_example(tmp_path, "add a long retries with default 0 to decision")

    code = main(["verify", id, "-C", str(folder), "--mutate", "--format", "json"])

    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, SCHEMA)
    assert code == (EXIT_REFUSED if value["survived"] else EXIT_DONE)
    assert value["killed"] > 0
