from __future__ import annotations

import textwrap

import pytest

from copilot.domain.pipeline import PipelineMap
from tests.readers.sockets import map_of

ORDER = '{"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "int"}, {"name": "note", "type": "string"}]}'
SHARED = """
    import io
    import fastavro
    from confluent_kafka import Consumer, Producer

    SCHEMA = fastavro.schema.load_schema("order.avsc")

    def orders():
        consumer = Consumer({})
        consumer.subscribe(["orders"])
        while True:
            yield fastavro.schemaless_reader(io.BytesIO(consumer.poll(1).value()), SCHEMA)

    def total(record, other):
        return record["amount"] + other["note"]
    """
JOB = """
    from shared import orders, total

    if __name__ == "__main__":
        for order in orders():
            print(total(order, {}))
    """
HANDLE = "async def handle(stream):\n    pass\n\nif __name__ == '__main__':\n    app.main()\n"
TWO_FOLDERS = ("one/main.py", "two/main.py", "shared/__init__.py")
LAYOUTS = {
    "beside": ("jobs/one.py", "jobs/two.py", "jobs/shared.py"),
    "in the top folder": ("one.py", "two.py", "shared.py"),
    "among examples": ("examples/one.py", "examples/two.py", "examples/shared.py"),
    "in a package": TWO_FOLDERS,
}


def mapped(files: dict[str, str]) -> PipelineMap:
    return map_of({path: textwrap.dedent(text) for path, text in files.items()})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_use_in_a_shared_module_is_that_of_each_job_whose_records_get_there(layout: str) -> None:
    one, two, shared = LAYOUTS[layout]

    found = mapped({one: JOB, two: JOB, shared: SHARED, "order.avsc": ORDER})

    uses = {
        (use.job, use.path, use.certainty) for use in found.uses if use.span.path == shared and use.name == "amount"
    }
    assert uses == {("one", "amount", "certain"), ("two", "amount", "certain")}
    assert {(link.job, link.subject) for link in found.links} == {("one", "order"), ("two", "order")}


def test_a_shared_module_of_a_package_uses_only_the_records_that_it_is_handed() -> None:
    one, two, shared = TWO_FOLDERS

    found = mapped({one: JOB, two: JOB, shared: SHARED, "order.avsc": ORDER})

    assert {use.path for use in found.uses if use.span.path == shared} == {"amount"}


def test_a_job_is_followed_through_modules_that_show_no_sign_of_endpoints() -> None:
    middle = "from shared.fields import total\n\ndef forward(record):\n    return total(record, {})\n"
    fields = 'def total(record, other):\n    return record["amount"]\n'
    job = JOB.replace("orders, total", "orders\n    from middle.steps import forward").replace(
        "total(order, {})", "forward(order)"
    )

    found = mapped({"one/main.py": job, "shared/__init__.py": SHARED, "middle/steps.py": middle, "shared/fields.py": fields,
                    "order.avsc": ORDER})  # fmt: skip

    assert {(use.job, str(use.span)) for use in found.uses} == {("one", "shared/fields.py:2")}


def test_what_a_shared_module_does_when_it_is_imported_is_done_by_each_job_that_imports_it() -> None:
    shared = "from kafka import KafkaConsumer\n\nconsumer = KafkaConsumer('orders')\n"
    job = 'from lib.shared import consumer\n\nif __name__ == "__main__":\n    print(next(consumer))\n'

    found = mapped({"one/main.py": job, "two/main.py": job, "lib/__init__.py": "", "lib/shared.py": shared})

    proofs = {(link.job, link.endpoint.name, tuple(map(str, link.proof))) for link in found.links}
    assert proofs == {
        ("one", "orders", ("lib/shared.py:3", "one/main.py:1")),
        ("two", "orders", ("lib/shared.py:3", "two/main.py:1")),
    }


def test_what_a_script_does_when_it_is_started_is_not_done_by_those_who_import_it() -> None:
    script = "from kafka import KafkaConsumer\n\nif __name__ == '__main__':\n    KafkaConsumer('orders')\n"

    found = mapped(
        {"one/main.py": script, "two/main.py": f"from one import main\n{script.replace('orders', 'others')}"}
    )

    assert {(link.job, link.endpoint.name) for link in found.links} == {("one", "orders"), ("two", "others")}


def test_agents_of_an_imported_app_are_jobs_of_the_files_that_have_them() -> None:
    app = "import faust\n\napp = faust.App('x')\norders = app.topic('orders')\n"
    agent = f"from app import app, orders\n\n@app.agent(orders)\n{HANDLE}"

    found = mapped({"w/app.py": app, "w/one.py": agent, "w/two.py": agent.replace("orders)", "'others')")})

    proofs = {(link.job, link.endpoint.name, str(link.proof[0])) for link in found.links}
    assert proofs == {("one", "orders", "w/one.py:3"), ("two", "others", "w/two.py:3")}


def test_an_agent_in_a_shared_module_is_run_by_each_worker() -> None:
    app = f"import faust\n\napp = faust.App('x')\n\n@app.agent('orders')\n{HANDLE}"
    worker = "from lib.app import app\n\n@app.agent('{}')\n" + HANDLE

    found = mapped({"one/main.py": worker.format("a"), "two/main.py": worker.format("b"), "lib/app.py": app})

    assert {(link.job, link.endpoint.name) for link in found.links} == {
        ("one", "a"),
        ("one", "orders"),
        ("two", "b"),
        ("two", "orders"),
    }
