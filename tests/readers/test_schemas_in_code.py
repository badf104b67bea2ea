"""Schemas that stand in code, in the map."""

from __future__ import annotations

from tests.readers.sockets import map_of

HEAD = "import fastavro, io\nfrom confluent_kafka import Producer\n"
TAIL = """
def run(p: Producer, x):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, x)
    p.produce('events', out.getvalue())
"""


def job(code: str) -> dict[str, str]:
    return {"job/Dockerfile": "", "job/main.py": HEAD + code + TAIL}


def test_a_schema_that_is_built_from_names_is_a_subject_with_true_lines() -> None:
    found = map_of(
        job(
            'LINE = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}\n'
            'SCHEMA = {"type": "record", "name": "Order", "fields": [\n    {"name": "line", "type": LINE},\n]}\n'
        )
    )

    (subject,) = found.subjects
    assert (subject.latest.name, subject.latest.source.host) == ("Order", "python-code")
    assert [(field.path, field.span.first_line) for field in subject.latest.fields] == [("line", 5), ("line.sku", 3)]
    assert [link.subject for link in found.links] == [subject.name]


def test_a_schema_that_extends_another_stands_beside_it() -> None:
    found = map_of(
        job(
            'BASE = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}\n'
            'SCHEMA = {**BASE, "name": "Paid", "fields": BASE["fields"] + [{"name": "at", "type": "long"}]}\n'
        )
    )

    assert {subject.latest.name: len(subject.latest.fields) for subject in found.subjects} == {"Order": 1, "Paid": 2}
    (link,) = found.links
    assert link.subject is not None
    assert found.subject(link.subject).latest.name == "Paid"


def test_fields_that_are_appended_are_fields_of_the_schema() -> None:
    found = map_of(
        job(
            'SCHEMA = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}\n'
            'SCHEMA["fields"].append({"name": "at", "type": "long"})\n'
        )
    )

    assert [field.path for field in found.subjects[0].latest.fields] == ["id", "at"]


def test_what_only_running_tells_is_a_gap_with_file_and_line() -> None:
    found = map_of(job('SCHEMA = {"type": "record", "name": "Order", "fields": make_fields()}\n'))

    assert found.subjects == ()
    (gap,) = found.gaps
    assert str(gap.span) == "job/main.py:3"
    assert "`make_fields()` is computed" in gap.reason


def test_a_spread_of_no_schema_is_no_schema() -> None:
    found = map_of(job('QUERY = {"size": 1}\nSCHEMA = {**QUERY, "fields": ["a", "b"]}\n'))

    assert (found.subjects, found.gaps) == ((), ())


def test_a_history_is_followed_through_the_names() -> None:
    code = (
        'KIND = {"type": "long", "logicalType": "date"}\n'
        'SCHEMA = {"type": "record", "name": "Order", "fields": [{"name": "at", "type": KIND}]}\n'
    )
    now, before = job(code)["job/main.py"], job(code.replace('"long"', '"int"'))["job/main.py"]

    (subject,) = map_of(job(code), past={"job/main.py": [before, now]}).subjects

    assert len(subject.versions) == 2


ORDER = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}'


def test_a_schema_is_put_together_across_modules() -> None:
    found = map_of(
        job(
            "from shared import ORDER\n"
            'SCHEMA = {**ORDER, "name": "Paid", "fields": ORDER["fields"] + [{"name": "at", "type": "long"}]}\n'
        )
        | {"job/shared.py": f"ORDER = {ORDER}\n"}
    )

    (link,) = found.links
    assert link.subject is not None
    paid = found.subject(link.subject).latest
    assert (paid.name, [(it.path, str(it.span)) for it in paid.fields]) == (
        "Paid",
        [("id", "job/main.py:4"), ("at", "job/main.py:4")],
    )
    assert found.gaps == ()


def test_a_schema_of_a_file_that_gets_fields_stands_beside_the_file() -> None:
    found = map_of(
        job(
            "import json\nwith open('order.avsc') as f:\n    SCHEMA = json.load(f)\n"
            'SCHEMA["fields"].append({"name": "at", "type": "long"})\n'
        )
        | {"job/order.avsc": ORDER}
    )

    (link,) = found.links
    assert link.subject is not None
    assert [it.path for it in found.subject(link.subject).latest.fields] == ["id", "at"]
    assert sorted(len(it.latest.fields) for it in found.subjects) == [1, 2]
    assert found.gaps == ()


def test_a_template_of_a_schema_is_read_filled_in() -> None:
    text = ORDER.replace('"Order"', '"%s"')
    found = map_of(job(f"import json\nSCHEMA = json.loads('{text}' % 'Paid')\n"))

    assert [it.latest.name for it in found.subjects] == ["Paid"]
    assert [link.subject for link in found.links] == [found.subjects[0].name]


def test_a_base_in_another_module_has_its_own_history() -> None:
    now = job("from shared import BASE\nSCHEMA = {'type': 'record', 'name': 'Paid', 'fields': BASE + []}\n")
    base = "BASE = [{'name': 'id', 'type': '%s'}]\n"
    found = map_of(
        {**now, "job/shared.py": base % "long"},
        past={
            "job/shared.py": [base % "int", base % "long"],
            "job/main.py": [now["job/main.py"] + "\n", now["job/main.py"]],
        },
    )

    assert [field.type for version in found.subjects[0].versions for field in version.fields] == ['"int"', '"long"']


def test_typed_classes_are_followed_into_other_modules() -> None:
    found = map_of(
        {
            "job/Dockerfile": "",
            "job/kinds.py": "from dataclasses import dataclass\nfrom enum import Enum\n"
            "from dataclasses_avroschema import AvroModel\n"
            "class Color(Enum):\n    RED = 'RED'\n@dataclass\nclass Place(AvroModel):\n    zip: str\n",
            "job/main.py": "from dataclasses import dataclass, field\nfrom dataclasses_avroschema import AvroModel\n"
            "from kinds import Color, Place\nfrom confluent_kafka import Producer\n"
            "@dataclass\nclass User(AvroModel):\n    place: Place\n    color: Color = Color.RED\n"
            "    tags: list[str] = field(default_factory=lambda: ['a'])\n"
            "def run(p: Producer):\n    p.produce('users', User(place=Place(zip='1')).serialize())\n",
        }
    )

    (link,) = found.links
    assert link.subject is not None
    user = found.subject(link.subject).latest
    assert [(it.path, it.default) for it in user.fields] == [
        ("place", None),
        ("place.zip", None),
        ("color", '"RED"'),
        ("tags", '["a"]'),
    ]


def test_a_schema_that_a_function_makes_of_its_arguments_is_one_of_each_call() -> None:
    made = (
        "def record_schema(name, more=()):\n"
        "    return {'type': 'record', 'name': name, 'fields': [{'name': 'id', 'type': 'string'}, *more]}\n"
    )
    run = "def {0}(p: Producer, x):\n    out = io.BytesIO()\n    fastavro.schemaless_writer(out, {1}, x)\n"
    run += "    p.produce('{0}', out.getvalue())\n"
    calls = {"a": "record_schema('A')", "b": "record_schema('B', [{'name': 'n', 'type': 'int'}])", "c": "B_SCHEMA"}
    code = "from shared import record_schema\nB_SCHEMA = record_schema(name='C')\n"
    code += "".join(run.format(name, call) for name, call in calls.items())

    found = map_of({"job/Dockerfile": "", "job/main.py": HEAD + code, "job/shared.py": made})

    schemas = {link.endpoint.name: found.subject(link.subject or "").latest for link in found.links}
    assert {topic: (it.name, len(it.fields)) for topic, it in schemas.items()} == {
        "a": ("A", 1),
        "b": ("B", 2),
        "c": ("C", 1),
    }


def test_a_call_that_makes_no_schema_after_all_is_no_gap() -> None:
    assert map_of(job("from elsewhere import check_schema\nSCHEMA = check_schema(x)\n")).gaps == ()


def test_a_consumer_of_the_same_unset_variable_reads_what_its_own_job_writes() -> None:
    def read_by(topic: str, folder: str) -> dict[str, str]:
        code = f"import os\nfrom kafka import KafkaConsumer\ndef follow(topic):\n    KafkaConsumer({topic})\n"
        return {f"{folder}/Dockerfile": "", f"{folder}/reading.py": code}

    schema = 'SCHEMA = {"type": "record", "name": "Order", "fields": []}\n'
    writer = (HEAD + "import os\n" + schema + TAIL).replace("'events'", 'os.environ["TOPIC"]')

    def subjects(topic: str, folder: str) -> list[str | None]:
        found = map_of({"job/Dockerfile": "", "job/main.py": writer, **read_by(topic, folder)})
        return [link.subject for link in found.links if link.direction == "consumes"]

    assert subjects('os.environ["TOPIC"]', "job") == ["job/main"]
    assert subjects('os.environ["TOPIC"]', "other") == [None]
    assert subjects('os.environ["OTHER"]', "job") == [None]
    assert subjects("topic", "job") == [None]
