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
