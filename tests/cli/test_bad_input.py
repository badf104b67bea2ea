"""Each odd schema through each verb: an answer, or a refusal that says why and names the limit; no traceback, and in time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE
from tests import repositories

PROCESSOR_SECONDS_MAX = 20
"""Many times what the slowest takes; something quadratic takes minutes on ten thousand fields."""


class Odd(NamedTuple):
    """A schema's text, and what `compat` and `map` say is wrong with it: "" where they just answer."""

    text: str | bytes
    refused_by_compat: str = ""
    unread_by_map: str = ""
    refused_in_batch: str | None = None
    """Where a line of a batch fares otherwise than a file."""


def field(name: str, type: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, **more}


def record(*fields: Any, name: str = "Order") -> dict[str, Any]:
    return {"type": "record", "name": name, "namespace": "shop", "fields": [field("amount", "long"), *fields]}


def text(*fields: Any) -> str:
    return json.dumps(record(*fields))


def nested(depth: int) -> str:
    return '{"type":"array","items":' * depth + '"string"' + "}" * depth


def with_member(member: str) -> str:
    return f'{{"type":"record","name":"Order","fields":[{{"name":"amount","type":"long",{member}}}]}}'


RECURSIVE = field("parent", ["null", "Order"], default=None)
MUTUAL = record(RECURSIVE, field("others", {"type": "map", "values": "Other"}), name="Other")
UNION = ["null", *(record(name=f"Branch{number}") for number in range(200))]
WIDE = [field(f"f{number}", "string", default="") for number in range(10_000)]
BY_CASE = [field(name, "int", default=0) for number in range(3000) for name in (f"f{number}", f"F{number}")]
ALIASED = [field(f"f{number}", "int", default=0, aliases=[f"g{number}"]) for number in range(5000)]
PLAIN = text()
ODD = {
    "recursive": Odd(text(RECURSIVE)),
    "a default around itself": Odd(text(RECURSIVE, field("self", "Order", default={})), "a record around the field"),
    "mutually recursive": Odd(text(field("other", ["null", MUTUAL]))),
    "recursive without an end": Odd(text(field("self", "Order"))),
    "10,000 fields": Odd(text(*WIDE)),
    "6,000 fields that differ by case": Odd(text(*BY_CASE)),
    "5,000 aliases": Odd(text(*ALIASED)),
    "depth 500": Odd(text(field("deep", 0)).replace("0}", nested(500) + "}"), "SCHEMA_DEPTH_MAX", "JSON_DEPTH_MAX"),
    "brackets 100,000 deep": Odd(
        with_member('"default":' + "[" * 100_000 + "]" * 100_000), "SCHEMA_DEPTH_MAX", "JSON_DEPTH_MAX"
    ),
    "a union of 200": Odd(text(field("any", UNION, default=None))),
    "a reference to a missing file": Odd(text(field("lost", "shop.Lost")), "nothing defines it", "unknown type"),
    "names that differ by case": Odd(text(field("Amount", "int"), field("AMOUNT", "int"))),
    "a byte order mark": Odd("\ufeff" + PLAIN, refused_in_batch="a byte order mark"),
    "comments": Odd(f"// about orders\n{PLAIN} /* end */", "", "a comment"),
    "a trailing comma": Odd(with_member(""), "not valid JSON", "not valid JSON"),
    "a default too large": Odd(text(field("n", "int", default=2**31)), "is no int"),
    "a number of 5,000 digits": Odd(
        with_member('"default":' + "9" * 5000), "NUMBER_DIGITS_MAX", "NUMBER_CHARACTERS_MAX"
    ),
    "lone surrogates": Odd(with_member('"doc":"\\ud800"'), "", "surrogate"),
    "lone surrogates in names": Odd(PLAIN.replace("amount", "am\\udc00"), "can't be the name", "surrogate"),
    "another encoding": Odd(PLAIN.encode("utf-16"), "no UTF-8", "is binary"),
    "nothing": Odd("", "not valid JSON", "not valid JSON"),
    "half of a schema": Odd(PLAIN[:60], "not valid JSON", "not valid JSON"),
    "fields that are no list": Odd('{"type":"record","name":"Order","fields":{}}', "fields", "fields"),
}
CODE = """import fastavro, io
from confluent_kafka import Producer
SCHEMA = fastavro.schema.load_schema("order.avsc")
def main(rows):
    for row in rows:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, SCHEMA, {"amount": row["amount"]})
        Producer({}).produce("orders", out.getvalue())
"""
each = pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
# A line of JSON is text.
OF_TEXT = {name: odd for name, odd in ODD.items() if not isinstance(odd.text, bytes)}
each_of_text = pytest.mark.parametrize("odd", OF_TEXT.values(), ids=OF_TEXT)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < PROCESSOR_SECONDS_MAX


def repository(folder: Path, odd: Odd) -> str:
    repositories.init(folder)
    repositories.commit(folder, {"order.avsc": odd.text, "main.py": CODE})
    return str(folder)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@each
def test_compat_answers_or_says_why_not(odd: Odd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repositories.write(tmp_path, {"order.avsc": odd.text, "plain.avsc": PLAIN})
    paths = [str(tmp_path / name) for name in ("order.avsc", "plain.avsc")]

    for pair in (paths, paths[::-1]):
        code, said = run(capsys, "compat", *pair)

        assert odd.refused_by_compat in said
        assert code in ((EXIT_USAGE,) if odd.refused_by_compat else (EXIT_DONE, EXIT_REFUSED))


@each_of_text
def test_a_line_of_a_batch_is_answered_and_the_next_one_too(
    odd: Odd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": id, "reader": schema, "writer": PLAIN} for id, schema in enumerate((odd.text, PLAIN))]
    repositories.write(tmp_path, {"pairs.ndjson": "\n".join(map(json.dumps, lines))})

    code, said = run(capsys, "compat", "--batch", str(tmp_path / "pairs.ndjson"))

    first, second = map(json.loads, said.splitlines())
    assert code == EXIT_DONE
    refused = odd.refused_by_compat if odd.refused_in_batch is None else odd.refused_in_batch
    assert (first["compatible"] is None) == bool(refused)
    assert refused in (first["error"] or "")
    assert second["compatible"] is True


@each
def test_map_reads_it_or_tells_a_gap(odd: Odd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "map", repository(tmp_path, odd), "--format", "json")

    gaps = [gap["reason"] for gap in json.loads(said)["gaps"] if gap["at"]["path"] == "order.avsc"]
    assert code == EXIT_DONE
    assert len(gaps) == bool(odd.unread_by_map)
    assert odd.unread_by_map in "".join(gaps)


@each
@pytest.mark.parametrize("arguments", [("audit",), ("impact", "rename amount to total in Order", "-C")])
def test_audit_and_impact_answer(
    arguments: tuple[str, ...], odd: Odd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, *arguments, repository(tmp_path, odd))

    assert code == EXIT_DONE
    assert said


@pytest.mark.parametrize("odd", [odd for odd in ODD.values() if odd.unread_by_map])
def test_propose_says_what_keeps_the_schema_from_being_read(
    odd: Odd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, "propose", "rename amount to total in Order", "-C", repository(tmp_path, odd))

    assert code == EXIT_USAGE
    assert odd.unread_by_map in said


@pytest.mark.parametrize(
    "odd",
    [
        ODD["recursive"],
        ODD["recursive without an end"],
        ODD["names that differ by case"],
        ODD["a byte order mark"],
        ODD["a default too large"],
        Odd(text(*WIDE[:300])),
        Odd(text(field("any", UNION[:50], default=None))),
    ],
    ids=["recursive", "without an end", "by case", "mark", "default too large", "300 fields", "a union of 50"],
)
def test_propose_comes_to_a_decision(odd: Odd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "propose", "rename amount to total in Order", "-C", repository(tmp_path, odd))

    assert code in (EXIT_DONE, EXIT_REFUSED)
    assert "replay" in said
