"""The example repository: the same commits everywhere, tests that pass, and the flaws that it is there to show."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import fastavro
import pytest

from copilot.errors import WrongUsage
from copilot.example.build import build_repository
from copilot.settings import read_settings

HEAD = "4771d4774bf2dcd2153c3da9f9ffdc199e11f1ae"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "shop"
    build_repository(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_commit_ids_are_the_same_on_every_machine(example: Path) -> None:
    assert git(example, "rev-parse", "HEAD").strip() == HEAD


def test_the_users_git_settings_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[core]\nautocrlf = true\n[init]\ndefaultBranch = trunk\n[commit]\ngpgsign = true\n[user]\nname = Someone\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    assert build_repository(tmp_path / "shop") == HEAD


def test_the_work_tree_is_clean_and_on_main(example: Path) -> None:
    assert git(example, "status", "--porcelain") == ""
    assert git(example, "branch", "--show-current").strip() == "main"


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    with pytest.raises(WrongUsage, match="empty folder"):
        build_repository(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_hidden_files_and_the_executable_one_are_there(example: Path) -> None:
    assert (example / ".github/workflows/test.yml").is_file()
    assert "100755" in git(example, "ls-files", "--stage", "scripts/topics.sh")


def test_the_schemas_evolved(example: Path) -> None:
    counts = {
        name: len(git(example, "log", "--format=%h", "--", f"schemas/{name}.avsc").split())
        for name in ("order", "features", "score", "decision")
    }

    assert counts == {"order": 3, "features": 2, "score": 2, "decision": 2}


def test_its_settings_can_be_read(example: Path) -> None:
    settings = read_settings((example / "copilot.toml").read_text())

    assert settings.level_of("schemas/order") == ("BACKWARD_TRANSITIVE", "copilot.toml:4")
    assert len(settings.objectives) == 3


@pytest.mark.slow
def test_its_own_tests_pass(example: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "--quiet", str(example), str(copy))

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=copy, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stdout
    assert "19 passed" in ran.stdout


def test_the_sample_records_are_of_the_order_schema(example: Path) -> None:
    schema = json.loads((example / "schemas/order.avsc").read_text())
    lines = (example / "samples/orders.jsonl").read_text().splitlines()

    with (example / "samples/orders.avro").open("rb") as container:
        read: list[Any] = list(fastavro.reader(container, reader_schema=schema))

    assert [record["order_id"] for record in read] == [json.loads(line)["order_id"] for line in lines]
    assert len(read) == 40


class TestFlaws:
    """Each flaw that docs/example.md names is really there; the product exists to find such."""

    def test_a_service_keeps_a_copy_of_the_order_schema_that_lags_behind(self, example: Path) -> None:
        assert set(fields(example / "schemas/order.avsc")) - set(fields(example / COPY)) == {"channel"}

    def test_the_schema_in_code_lacks_a_field_that_the_model_uses(self, example: Path) -> None:
        code = (example / "services/features/features/schema.py").read_text()
        weights = json.loads((example / "services/scorer/scorer/weights.json").read_text())

        assert "account_age_days" in weights["features"]
        assert "account_age_days" not in code

    def test_a_default_equals_a_real_value(self, example: Path) -> None:
        age = fields(example / "schemas/features.avsc")["account_age_days"]

        assert age["default"] == 0
        assert age["doc"] == "0 for an account opened today."

    def test_arithmetic_meets_null(self, example: Path) -> None:
        assert fields(example / "schemas/order.avsc")["item_count"]["type"] == ["null", "int"]
        assert 'order["amount"] / order["item_count"]' in (example / FEATURES).read_text()

    def test_cents_are_compared_with_euros(self, example: Path) -> None:
        assert "unit_price_cents" in (example / "services/orders/orders/records.py").read_text()
        assert "amount > LARGE_ORDER_EUR" in (example / "services/decisions/decisions/rules.py").read_text()

    def test_helm_and_compose_disagree_about_a_topic(self, example: Path) -> None:
        assert "FEATURES_TOPIC: order-feature\n" in (example / "deploy/helm/values.yaml").read_text()
        assert "FEATURES_TOPIC=order-features\n" in (example / "compose.yaml").read_text()

    def test_the_sink_reads_a_field_that_nobody_writes(self, example: Path) -> None:
        assert 'decision.get("explanation")' in (example / "services/sink/sink/table.py").read_text()
        assert "explanation" not in fields(example / "schemas/decision.avsc")

    def test_an_enum_has_no_default(self, example: Path) -> None:
        assert "default" not in fields(example / "schemas/decision.avsc")["outcome"]["type"]

    def test_the_model_reads_fields_by_names_that_only_data_holds(self, example: Path) -> None:
        assert "record[name]" in (example / "services/scorer/scorer/model.py").read_text()

    def test_the_age_of_the_features_is_lost_before_the_decision(self, example: Path) -> None:
        assert "computed_at" in fields(example / "schemas/features.avsc")
        assert not {"computed_at"} & set(fields(example / "schemas/score.avsc"))


COPY = "services/features/features/schemas/order.avsc"
FEATURES = "services/features/features/records.py"


def fields(schema: Path) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in json.loads(schema.read_text())["fields"]}
