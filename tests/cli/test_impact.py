"""`impact` on the command line: text, JSON that fits its schema, exit codes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from copilot.cli.impact_output import VERSION, impact_text
from copilot.cli.main import main
from copilot.domain.impacted import AskedChange, ImpactedFile, ImpactList
from copilot.domain.source import Span
from tests.golden import assert_golden
from tests.impact.shop import make
from tests.repositories import commit

SCHEMA = json.loads(files("copilot.cli").joinpath("impact-1.schema.json").read_text("utf-8"))
GOLDEN = Path(__file__).parent / "golden"


def test_the_answer_for_programs_fits_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")

    code = main(["impact", "rename coupon_code to voucher in Order", "-C", str(folder), "--format", "json"])

    value = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(value, SCHEMA)
    assert code == 0
    assert value["version"] == VERSION == SCHEMA["properties"]["version"]["const"]
    assert value["operations"] == [{"op": "rename_field", "subject": "Order", "field": "coupon_code", "to": "voucher"}]
    assert value["files"][0]["path"] == "protos/order.proto"


def test_a_list_of_operations_in_json_is_taken_at_a_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    asked = '[{"op": "remove_field", "subject": "protos/order.proto", "record": "Order", "field": "coupon_code"}]'

    code = main(["impact", "--operation", asked, "--at", "HEAD", "-C", str(folder)])

    assert code == 0
    assert "WILL HAVE TO CHANGE" in capsys.readouterr().out


def test_a_subject_that_nobody_knows_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")

    code = main(
        ["impact", "--operation", '{"op": "remove_field", "subject": "no/such.proto", "field": "x"}', "-C", str(folder)]
    )

    assert code == 0
    assert "the list rests on names alone" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [[], ["   "], ["rename a to b", "--operation", "{}"], ["--operation", "nonsense"]]
)
def test_what_is_not_one_change_is_wrong_usage(arguments: list[str], tmp_path: Path) -> None:
    assert main(["impact", *arguments, "-C", str(make(tmp_path / "shop", "protos/order.proto"))]) == 2


def test_the_text_tells_two_lists_with_lines_and_reasons() -> None:
    schema = ImpactedFile("protos/order.proto", "change", 0.95, (Span("protos/order.proto", 4, 4),), ("defines Order",))
    builder = ImpactedFile(
        "shop/builder.py",
        "change",
        0.613,
        (Span("shop/builder.py", 3, 6), Span("shop/builder.py", 9, 9)),
        ("names 3 of the record's 3 other fields, close together", "builds Order"),
    )
    odd = ImpactedFile("docs/\x1b[31m.md", "look", 0.0004, (), ("is named like the schema", "but lies among samples"))
    found = ImpactList(
        "3f7a1c0d" * 5,
        (AskedChange("rename_field", "Order", "", "coupon_code", to="voucher"),),
        (schema, builder, odd),
        ('Order in protos/order.proto has no field "coupon_code".',),
        44,
    )

    assert_golden(GOLDEN / "impact.txt", impact_text(found))


def _two_records(folder: Path) -> Path:
    make(folder, "schemas/order.avsc")
    payment = '{"type": "record", "name": "Payment", "fields": [{"name": "order_id", "type": "string"}]}'
    settings = 'MONGO = {"database": "shop", "order_id": 1}\n'
    commit(folder, {"schemas/payment.avsc": payment, "shop/settings.py": settings})
    return folder


@pytest.mark.parametrize("shape", ["text", "json"])
def test_a_field_of_several_records_is_asked_back_where_none_is_named(
    shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _two_records(tmp_path / "shop")

    code = main(["impact", "remove order_id", "-C", str(folder), "--format", shape])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert '"order_id" can be "order_id in schemas/order.avsc" or "order_id in schemas/payment.avsc".' in said.err
    assert 'Say it exactly, as in "order_id in schemas/order.avsc".' in said.err
    assert main(["impact", "remove order_id in schemas/payment.avsc", "-C", str(folder)]) == 0


@pytest.mark.parametrize("asked", ["delete Order", "remove the Order record", "drop the order schema"])
def test_a_whole_record_is_answered_with_what_names_it(
    asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path / "shop", "schemas/order.avsc")

    assert main(["impact", asked, "-C", str(folder), "--format", "json"]) == 0

    found = json.loads(capsys.readouterr().out)
    (warning,) = found["warnings"]
    assert "is the whole record Order in schemas/order.avsc" in warning
    assert found["files"][0]["path"] == "schemas/order.avsc"


@pytest.mark.parametrize("asked", ["drop the database", "drop the topic", "remove the kafka consumer"])
def test_what_is_no_field_is_not_read_as_one(asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["impact", asked, "-C", str(_two_records(tmp_path / "shop"))])

    assert code == 2
    assert "is a field of no schema here" in capsys.readouterr().err


def test_a_field_of_a_schema_that_is_called_like_a_thing_is_one(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "schemas/order.avsc")
    record = '{"type": "record", "name": "Backup", "fields": [{"name": "database", "type": "string"}]}'
    commit(folder, {"schemas/backup.avsc": record})

    assert main(["impact", "drop the database", "-C", str(folder)]) == 0


def test_a_field_goes_before_a_type_of_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path / "shop", "schemas/order.avsc")
    outcome = '{"type": "enum", "name": "Outcome", "symbols": ["A", "B"]}'
    record = f'{{"type": "record", "name": "Decision", "fields": [{{"name": "outcome", "type": {outcome}}}]}}'
    commit(folder, {"schemas/decision.avsc": record})

    main(["impact", "rename outcome to verdict", "-C", str(folder)])

    assert "defines Decision" in capsys.readouterr().out
