"""`compat` answers for files, files at commits, histories and batches, and its JSON fits its published schema."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE
from tests import repositories

SCHEMA = json.loads(files("copilot.cli").joinpath("compat-1.schema.json").read_text("utf-8"))


def order(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, *fields]})


FIRST = order()
SECOND = order({"name": "note", "type": ["null", "string"], "default": None})
THIRD = order({"name": "note", "type": "string"})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repositories.init(tmp_path)
    repositories.commit(tmp_path, {"order.avsc": FIRST}, at=1_700_000_000)
    repositories.commit(tmp_path, {"order.avsc": SECOND}, at=1_700_000_100)
    repositories.commit(tmp_path, {"order.avsc": THIRD}, at=1_700_000_200)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["compat", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_file_is_compared_with_itself_at_a_commit(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, _ = run(capsys, "HEAD~1:order.avsc", "order.avsc", "-C", str(shop))

    assert code == EXIT_REFUSED
    assert shown.startswith("NOT compatible at BACKWARD (assumed): 1 of 1 pair fails.\n")
    assert "order.avsc reading data of HEAD~1:order.avsc" in shown
    assert 'The data may hold null at "note", and string can\'t.' in shown


def test_one_name_means_its_history(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown, _ = run(capsys, "order", "-C", str(shop), "--level", "BACKWARD_TRANSITIVE", "--format", "json")

    answer = json.loads(shown)
    jsonschema.validate(answer, SCHEMA)
    assert (code, answer["compatible"]) == (EXIT_REFUSED, False)
    steps = [(pair["writer"][:2], pair["reader"][:2], pair["compatible"]) for pair in answer["pairs"]]
    assert steps == [("v1", "v2", True), ("v1", "v3", False), ("v2", "v3", False)]


@pytest.mark.parametrize(
    ("level", "answers"),
    [("NONE", []), ("FORWARD", [True]), ("FULL", [False, True]), ("FULL_TRANSITIVE", [False, True, False, True])],
)
def test_each_level_asks_for_its_pairs(
    shop: Path, capsys: pytest.CaptureFixture[str], level: str, answers: list[bool]
) -> None:
    names = ("HEAD~2:order.avsc", "HEAD~1:order.avsc", "HEAD:order.avsc")

    code, shown, _ = run(capsys, *names, "-C", str(shop), "--level", level, "--format", "json")

    assert [pair["compatible"] for pair in json.loads(shown)["pairs"]] == answers
    assert code == (EXIT_DONE if all(answers) else EXIT_REFUSED)


def test_references_to_files_beside_are_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item = json.dumps({"type": "record", "name": "Item", "fields": []})
    basket = json.dumps({"type": "record", "name": "Basket", "fields": [{"name": "item", "type": "Item"}]})
    repositories.write(
        tmp_path, {"item.avsc": item, "basket.avsc": basket, "lost.avsc": basket.replace('"Item"', '"Gone"')}
    )

    assert run(capsys, "basket.avsc", "basket.avsc", "-C", str(tmp_path))[0] == EXIT_DONE
    code, shown, _ = run(capsys, "basket.avsc", "lost.avsc", "-C", str(tmp_path))

    assert code == EXIT_USAGE
    assert 'the reader\'s schema is invalid: item: "Gone" is no type, and nothing defines it' in " ".join(shown.split())


def test_a_name_that_means_nothing_gets_the_nearest(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = run(capsys, "ordr", "-C", str(shop))

    assert code == EXIT_USAGE
    assert '"ordr" names no subject' in said
    assert "order" in said.split("next")[1]
    assert "next   pipeline-copilot map lists them." in run(capsys, "xyzzy", "-C", str(shop))[2]


def test_the_last_part_of_a_subject_is_enough_and_several_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = FIRST.replace("Order", "Other")
    repositories.init(tmp_path)
    repositories.commit(tmp_path, {"a/order.avsc": FIRST, "b/order.avsc": other})

    code, _, said = run(capsys, "order", "-C", str(tmp_path))

    assert code == EXIT_USAGE
    assert '"order" names several subjects' in said
    assert "a/order, b/order" in said


def test_a_file_that_is_not_there_or_no_text_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repositories.write(tmp_path, {"binary.avsc": b"\xff\xfe\x00", "a.avsc": FIRST})

    assert run(capsys, "a.avsc", "none.avsc", "-C", str(tmp_path))[0] == EXIT_USAGE
    assert run(capsys, "a.avsc", "binary.avsc", "-C", str(tmp_path))[0] == EXIT_USAGE
    assert run(capsys, "-C", str(tmp_path))[0] == EXIT_USAGE


def test_decoders_are_run_where_it_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("HEAD~2:order.avsc", "HEAD~1:order.avsc", "-C", str(shop), "--run")

    code, shown, _ = run(capsys, *names)
    answer = json.loads(run(capsys, *names, "--format", "json")[1])

    assert code == EXIT_DONE
    assert "fastavro" in shown
    assert "records came back whole (ran)" in " ".join(shown.split())
    jsonschema.validate(answer, SCHEMA)
    assert {name: it["basis"] for name, it in answer["pairs"][0]["readers"].items()} == {
        "java": "predicted",
        "python": "ran",
        "fastavro": "ran",
        "avsc": "predicted",
    }


def test_a_decoder_that_fails_its_test_is_said_and_not_run(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_COPILOT_JAVA_CLASSPATH", "/nowhere/avro.jar")

    code, shown, said = run(capsys, "HEAD~2:order.avsc", "HEAD~1:order.avsc", "-C", str(shop), "--run")

    assert code == EXIT_DONE
    assert "java was not run, because it failed its test: The decoder java failed" in said
    assert "reads it" in shown


def test_a_batch_answers_line_by_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"id": "a", "reader": "long", "writer": "int"},
        {"id": 2, "reader": FIRST, "writer": json.loads(THIRD)},
        {"id": 3, "reader": "int", "writer": {"type": "record", "name": "R"}},
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, lines)) + "\n\nno pair\n"))

    code, shown, _ = run(capsys, "--batch", "-")

    answers = [json.loads(line) for line in shown.splitlines()]
    assert [(it["id"], it["compatible"]) for it in answers] == [("a", True), (2, True), (3, None), (None, None)]
    assert answers[2]["error"].startswith("the writer's schema is invalid")
    assert answers[3]["error"].startswith("line 5 is no JSON object")
    assert code == EXIT_USAGE
    pair = {"$ref": "#/$defs/pair", "$defs": SCHEMA["$defs"]}
    for answer in answers:
        jsonschema.validate(answer, pair)


def test_a_line_of_a_batch_tells_what_neither_rules_nor_decoders_notice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def schema(name: str, **told: object) -> dict[str, object]:
        return {"type": "record", "name": "Order", "fields": [{"name": name, "type": "int", **told}]}

    lines = [
        {"reader": schema("amount", doc="In dollars."), "writer": schema("amount", doc="In cents.")},
        {"reader": schema("total_amount", default=0), "writer": schema("amount", default=0)},
        {"reader": schema("amount", doc="In cents."), "writer": schema("amount", doc="In cents.")},
    ]
    (tmp_path / "pairs.ndjson").write_text("\n".join(map(json.dumps, lines)))

    _, shown, _ = run(capsys, "--batch", str(tmp_path / "pairs.ndjson"))

    answers = [json.loads(line) for line in shown.splitlines()]
    rules: tuple[list[str], ...] = ["avro.doc-unit-changed"], ["avro.rename-loses-values"], []
    assert tuple([it["rule"] for it in answer["meanings"]] for answer in answers) == rules
    assert [answer["compatible"] for answer in answers] == [True, True, True]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "p1", "reader": ' + "[" * 100_000 + "]" * 100_000 + ', "writer": "int"}', "line 1 is nested too deep"),
        ('{"id": "p1", "reader": {"size": ' + "9" * 5_000 + '}, "writer": "int"}', "line 1 has a number of more than"),
        ('{"id": "p1", "reader": "int", }', "line 1 is no JSON object with reader and writer: column 31"),
        ('{"id": "p1", "reader": "int"}', "line 1 is no JSON object with reader and writer"),
    ],
)
def test_a_line_that_can_not_be_read_keeps_its_id_and_says_why(
    line: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pairs.ndjson").write_text(line + "\n")

    code, shown, _ = run(capsys, "--batch", str(tmp_path / "pairs.ndjson"))

    answer = json.loads(shown)
    assert (answer["id"], answer["compatible"], code) == ("p1", None, EXIT_USAGE)
    assert answer["error"].startswith(said)


def test_a_text_in_a_batch_with_a_byte_order_mark_is_no_schema_to_a_registry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pairs.ndjson").write_text(json.dumps({"id": 1, "reader": "\ufeff" + FIRST, "writer": FIRST}))

    code, shown, _ = run(capsys, "--batch", str(tmp_path / "pairs.ndjson"))

    answer = json.loads(shown)
    assert (answer["compatible"], code) == (None, EXIT_DONE)
    assert answer["error"] == "the reader's schema is invalid: a byte order mark before its text"


def test_a_batch_may_begin_with_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pairs.ndjson").write_text('\ufeff{"id": 1, "reader": "long", "writer": "int"}\n', encoding="utf-8")

    code, shown, _ = run(capsys, "--batch", str(tmp_path / "pairs.ndjson"))

    assert (json.loads(shown)["compatible"], code) == (True, EXIT_DONE)


def test_who_reads_only_the_first_answers_of_a_batch_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    class Closed(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    (tmp_path / "pairs.ndjson").write_text('{"id": 1, "reader": "long", "writer": "int"}\n')
    monkeypatch.setattr("sys.stdout", Closed())

    with pytest.raises(BrokenPipeError):
        run(capsys, "--batch", str(tmp_path / "pairs.ndjson"))


def test_what_no_two_of_three_versions_show_is_told_of_all_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note: dict[str, Any] = {"name": "note", "type": "int", "default": 0}
    other: dict[str, Any] = {"name": "note", "type": "string", "default": ""}
    for number, text in enumerate((order(note), order(), order(other)), 1):
        (tmp_path / f"{number}.avsc").write_text(text)

    _, shown, _ = run(capsys, "1.avsc", "2.avsc", "3.avsc", "-C", str(tmp_path))
    _, answer, _ = run(capsys, "1.avsc", "2.avsc", "3.avsc", "-C", str(tmp_path), "--format", "json")

    assert 'All versions together\n  ! "note" comes back in 3.avsc: 1.avsc had it' in shown
    jsonschema.validate(json.loads(answer), SCHEMA)
    assert [(it["version"], it["rule"]) for it in json.loads(answer)["chain"]] == [("3.avsc", "meaning.name-readded")]
