"""The audit for people and for programs, and its exit codes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from copilot.cli.audit_json import VERSION
from copilot.cli.main import main
from copilot.example.build import build_repository
from tests.golden import assert_golden
from tests.repositories import commit, init

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads(files("copilot.cli").joinpath("audit-1.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("audit") / "shop"
    build_repository(folder)
    return str(folder)


def test_the_audit_of_the_example_is_as_written(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", shop]) == 0

    assert_golden(GOLDEN / "audit.txt", capsys.readouterr().out)


def test_the_audit_for_programs_fits_its_schema(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", shop, "--format", "json"]) == 0

    value = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(value, SCHEMA)
    assert value["version"] == VERSION == SCHEMA["properties"]["version"]["const"]
    assert len(value["findings"]) == sum(value["counts"].values()) > 0


def test_a_finding_without_proof_does_not_fit_the_schema(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["audit", shop, "--format", "json"])
    value = json.loads(capsys.readouterr().out)
    value["findings"][0]["proof"] = []

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, SCHEMA)


@pytest.mark.parametrize(("least", "code"), [("error", 0), ("warning", 1), ("note", 1)])
def test_the_exit_code_tells_what_one_asked_to_fail_on(
    shop: str, least: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", shop, "--fail-on", least]) == code


def test_less_severe_findings_are_counted_where_they_are_not_shown(
    shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", shop, "--severity", "error"]) == 0

    assert "nothing found." in (said := capsys.readouterr().out)
    assert "less severe findings" in said


def test_a_repository_without_a_pipeline_has_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = init(tmp_path / "empty")
    commit(folder, {"README.md": "nothing here\n"})

    assert main(["audit", str(folder)]) == 0
    assert "nothing found." in capsys.readouterr().out


def test_an_earlier_commit_can_be_audited_but_not_together_with_the_working_tree(
    shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", shop, "--at", "HEAD~3"]) == 0
    assert main(["audit", shop, "--working-tree"]) == 0
    assert main(["audit", shop, "--at", "HEAD", "--working-tree"]) == 2
    assert main(["audit", shop, "--at", "no-such-commit"]) == 2
