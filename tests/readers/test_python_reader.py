from __future__ import annotations

import os
import subprocess
import sys
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from copilot.readers.facts import Call, FileFacts, Use, dump_facts, load_facts
from copilot.readers.python_reader import read_python

SERVICE = """import io, os
import fastavro
from confluent_kafka import Consumer, Producer

SCHEMA = {"type": "record", "name": "Total", "fields": [{"name": "cents", "type": "long"}]}
PARSED = fastavro.parse_schema(SCHEMA)

def encode(total):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, PARSED, total)
    return out.getvalue()

def total_of(order):
    return {"cents": sum(int(line["price"]) * line.get("count", 1) for line in order["lines"])}

def main():
    consumer = Consumer({"group.id": "totals"})
    consumer.subscribe([os.getenv("ORDERS", "orders.v1")])
    producer = Producer({})
    message = consumer.poll(1.0)
    order = fastavro.schemaless_reader(io.BytesIO(message.value()), os.environ["ORDER_SCHEMA"])
    producer.produce(f"totals.{os.environ['REGION']}", value=encode(total_of(order)), key=order["id"])
"""


def call(facts: FileFacts, role: str) -> Call:
    return next(call for call in facts.calls if call.role == role)


def uses(source: str, name: str) -> list[Use]:
    return [use for use in read_python(source).uses if use.name == name]


def test_a_subscription_keeps_the_variable_and_its_default() -> None:
    assert call(read_python(SERVICE), "consume").topics == (
        "list",
        (("env", "ORDERS", ("s", "orders.v1", 18), 18),),
    )


def test_a_topic_in_an_f_string_keeps_its_parts() -> None:
    topics = call(read_python(SERVICE), "produce").topics

    assert topics == ("cat", (("s", "totals.", 22), ("env", "REGION", None, 22)))


def test_a_produce_call_is_tied_to_the_call_that_encodes_its_value() -> None:
    facts = read_python(SERVICE)

    assert facts.calls[call(facts, "produce").codec].role == "encode"


def test_a_decoded_record_is_followed_into_its_lists_and_functions() -> None:
    (price,) = uses(SERVICE, "price")

    assert price.mode == "computes"
    assert [(kind, path) for kind, _, path, _ in price.tags if kind == "c"] == [("c", "lines[]")]


def test_an_encoded_record_is_followed_back_to_its_literal() -> None:
    (cents,) = uses(SERVICE, "cents")

    assert (cents.form, cents.mode) == ("literal", "writes")
    assert "p" in {tag[0] for tag in cents.tags}


def test_the_key_of_a_message_is_a_use_as_a_key() -> None:
    assert [use.mode for use in uses(SERVICE, "id")] == ["keys"]


def test_a_schema_literal_is_found_by_its_bytes_even_behind_other_alphabets() -> None:
    source = "# \u00fcber \u2603\r\n" + SERVICE
    (literal,) = read_python(source).literals

    assert source.encode()[literal.start : literal.end].decode().startswith('{"type": "record"')
    assert (literal.host, literal.root, literal.name, literal.line) == ("python-dict", "Total", "SCHEMA", 6)


def test_a_schema_in_a_string_is_enclosed_without_its_quotes() -> None:
    source = 'S = """\n{"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]}\n"""\n'
    (literal,) = read_python(source).literals

    assert source[literal.start : literal.end] == source.split('"""')[1].strip()


def test_a_schema_that_is_no_plain_literal_is_left_to_the_format() -> None:
    (literal,) = read_python('N = "x"\nS = {"type": "record", "name": N, "fields": []}\n').literals

    assert (literal.host, literal.line, literal.name, literal.text) == ("python-code", 2, "S", "")


def test_a_literal_that_later_gets_fields_is_no_plain_literal() -> None:
    text = 'S = {"type": "record", "name": "A", "fields": []}\nS["fields"].append({"name": "x", "type": "int"})\n'

    assert [literal.host for literal in read_python(text).literals] == ["python-code"]


def test_a_loaded_schema_that_gets_fields_is_one_of_its_own() -> None:
    text = (
        'import fastavro\ns = fastavro.schema.load_schema("a.avsc")\ns["fields"].append({"name": "x", "type": "int"})\n'
    )

    (literal,) = read_python(text).literals
    assert (literal.host, literal.line, literal.name) == ("python-code", 2, "s")


def test_a_schema_that_is_handed_over_and_gets_fields_is_a_gap_with_its_line() -> None:
    text = 'import fastavro\ndef add(s):\n    s["fields"].append({"name": "x", "type": "int"})\n'

    assert [line for line, _ in read_python(text).gaps] == [3]


def test_python_2_is_a_gap_with_its_line() -> None:
    ((line, reason),) = read_python('import os\nprint "kafka"\n').gaps

    assert line == 2
    assert reason.startswith("not valid Python 3")


def test_a_value_read_and_written_in_one_expression_passes() -> None:
    modes = {use.form: use.mode for use in uses('out = {"a": rec["a"]}\n', "a")}

    assert modes == {"literal": "passes", "subscript": "passes"}


def test_modes_follow_what_is_done_with_the_value() -> None:
    source = 'if rec["a"] > 1: x = rec["b"] * 2\nrec["c"] = 1\ndel rec["d"]\nif "e" in rec: pass\ny = rec.get("f")\n'
    modes = {use.name: (use.mode, use.form) for use in read_python(source).uses}

    assert modes == {
        "a": ("compares", "subscript"),
        "b": ("computes", "subscript"),
        "c": ("writes", "subscript"),
        "d": ("writes", "subscript"),
        "e": ("compares", "string"),
        "f": ("reads", "get"),
    }


def test_columns_of_tables_are_uses() -> None:
    source = 'a = df[["x", "y"]].rename(columns={"x": "z"}).sort_values("y").groupby("k")\n'
    forms = {(use.name, use.mode) for use in read_python(source).uses if use.form == "column"}

    assert forms == {("x", "reads"), ("y", "reads"), ("z", "writes"), ("k", "keys")}


def test_a_key_inside_an_f_string_is_found_at_its_own_bytes() -> None:
    source = "print(f\"\u00e4 {rec['amount']:.2f}\")\n"

    for use in uses(source, "amount"):
        assert source.encode()[use.offset :].startswith(b"'amount'")


def test_a_computed_name_is_a_blind_spot() -> None:
    blinds = read_python("def f(record, name):\n    return record[name]\n").blinds

    assert [(blind.line, blind.receiver) for blind in blinds] == [(2, "record")]


def test_a_key_that_is_a_number_names_no_field() -> None:
    text = """
        def f(record, row, name):
            step = int(row["step"])
            for place in range(3):
                record[step], record[place]
            step = name
            record[step]
        """

    assert [blind.line for blind in read_python(textwrap.dedent(text)).blinds] == [7]


def test_the_settings_idiom_is_read_with_later_entries() -> None:
    source = """import os
CONSUMER_CONFIG = {"CLASS": "x.KafkaConsumer", "PARAMS": {"group.id": "g"}}
if os.getenv("TOPICS"):
    CONSUMER_CONFIG["TOPICS"] = os.environ["TOPICS"].strip().split(",")
PRODUCER_CONFIG = {"TOPIC": "out", "SCHEMA_PATH": "schemas/out.avsc"}
"""
    configs = {config.role: config for config in read_python(source).configs}

    assert configs["CONSUMER_CONFIG"].direction == "consumes"
    assert configs["CONSUMER_CONFIG"].topics == ("split", ("env", "TOPICS", None, 4), ",")
    assert configs["PRODUCER_CONFIG"].schema == ("s", "schemas/out.avsc", 5)


def test_facts_survive_the_cache() -> None:
    facts = read_python(SERVICE)

    assert load_facts(dump_facts(facts)) == facts


def test_facts_are_the_same_in_every_process_even_where_a_value_flows_everywhere() -> None:
    taken = "".join(f"    stages.inner{number}(row)\n" for number in range(7))
    given = "".join(f"    stages.outer{number}(row)\n" for number in range(5))
    source = f"import stages\n\ndef inner(row):\n{taken}\ndef main(row):\n{given}    inner(row)\n"
    reading = "import sys; from copilot.readers.python_reader import read_python; print(read_python(sys.stdin.read()))"

    printed = {
        subprocess.run(
            [sys.executable, "-c", reading],
            input=source,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(printed) == 1


def test_bytes_that_are_no_facts_are_none() -> None:
    assert load_facts(b"") is None
    assert load_facts(b"no facts") is None


PIECES = (
    *("x", "rec", '"a"', "'b'", "[", "]", "(", ")", "{", "}", ":", ",", ".get(", ".append(", " = ", "\n", "\n    "),
    *("for x in ", "def f(x):\n    ", "return ", "lambda r: ", "**", "import fastavro\n", "fastavro.reader(", "f'{x}'"),
    *(
        "json.loads(",
        "if ",
        "else ",
        "with open(x) as y:\n    ",
        "class A:\n    ",
        "self.",
        "\u00e4",
        "\r",
        "\0",
        "\ufeff",
    ),
)
FRAGMENTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(FRAGMENTS)
def test_no_text_makes_the_reader_fail_and_every_offset_is_true(source: str) -> None:
    facts = read_python(source)

    data = source.encode()
    for use in facts.uses:
        assert use.name.encode() in data[use.offset : use.offset + len(use.name.encode()) + 4]
