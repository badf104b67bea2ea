"""Records that are handed to methods of objects whose classes stand in other files, and that come back from them."""

from __future__ import annotations

import pytest

from copilot.domain.pipeline import FieldUse
from tests.readers.sockets import map_of

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "amount", "type": "int"}]}'
MAIN = """
import io, fastavro
from confluent_kafka import Consumer
{imports}
SCHEMA = fastavro.schema.load_schema("order.avsc")

class Worker:
    def __init__(self):
        self.consumer = Consumer({{}})
        self.consumer.subscribe(["orders"])
        self.service = {service}

    def run(self):
        x = fastavro.schemaless_reader(io.BytesIO(self.consumer.poll(1).value()), SCHEMA)
        {then}

if __name__ == "__main__":
    Worker().run()
"""
SERVICE = """
class Service:
    def __init__(self, repository=None):
        self.repository = repository

    def process(self, thing):
        print(thing["amount"])
        self.repository.save(thing)
"""
REPOSITORY = """
class Repository:
    def save(self, thing):
        print(thing["amount"])
"""


def uses_in(path: str, texts: dict[str, str], service: str, then: str = "self.service.process(x)") -> list[FieldUse]:
    """Returns the uses of `amount` in one file beside a worker that has a service and does something with a decoded record."""
    imports = "from service import Service\nfrom repository import Repository"
    main = MAIN.format(imports=imports, service=service, then=then)
    files = {"app/Dockerfile": "", "app/order.avsc": SCHEMA, "app/main.py": main}
    files |= {f"app/{name}": text for name, text in texts.items()}
    return [use for use in map_of(files).uses if use.path == "amount" and use.span.path == f"app/{path}"]


def test_a_record_is_followed_into_a_method_of_another_file() -> None:
    (use,) = uses_in("service.py", {"service.py": SERVICE}, "Service()")

    assert (use.mode, use.certainty, use.span.first_line) == ("reads", "certain", 7)


@pytest.mark.parametrize("given", ["Service(Repository())", "Service(repository=Repository())"])
def test_an_object_that_another_is_made_with_gets_the_record_too(given: str) -> None:
    (use,) = uses_in("repository.py", {"service.py": SERVICE, "repository.py": REPOSITORY}, given)

    assert (use.mode, use.certainty) == ("reads", "certain")


def test_the_type_of_an_argument_tells_whose_method_is_called() -> None:
    typed = "from repository import Repository\n" + SERVICE.replace("repository=None", "repository: Repository")

    (use,) = uses_in("repository.py", {"service.py": typed, "repository.py": REPOSITORY}, "made_by_a_container()")

    assert use.certainty == "possible"

    (use,) = uses_in("repository.py", {"service.py": typed, "repository.py": REPOSITORY}, "Service(anything())")

    assert use.certainty == "certain"


def test_what_a_base_class_hands_to_a_method_reaches_the_one_that_stands_in_for_it() -> None:
    base = "class Base:\n    def process(self, it):\n        self.work(it)\n    def work(self, it):\n        raise ValueError\n"
    heir = 'from base import Base\nclass Service(Base):\n    def work(self, thing):\n        print(thing["amount"])\n'

    (use,) = uses_in("service.py", {"base.py": base, "service.py": heir}, "Service()")

    assert use.certainty == "certain"


def test_a_callback_gets_the_record() -> None:
    loop = (
        "class Service:\n    def __init__(self, handle):\n        self.handle = handle\n"
        "    def process(self, it):\n        self.handle(it)\n"
    )
    handler = 'def handle(thing):\n    print(thing["amount"])\n'
    made = "Service(handle)"
    texts = {"service.py": loop, "repository.py": "", "handler.py": handler}
    imports = MAIN.replace("{imports}", "from handler import handle\n{imports}")
    main = imports.format(imports="from service import Service", service=made, then="self.service.process(x)")
    files = {"app/Dockerfile": "", "app/order.avsc": SCHEMA, "app/main.py": main}
    found = map_of(files | {f"app/{name}": text for name, text in texts.items()}).uses

    assert [use.certainty for use in found if use.span.path == "app/handler.py"] == ["certain"]


def test_a_record_that_a_method_of_another_file_gives_is_followed() -> None:
    decoder = """
import io, fastavro
SCHEMA = fastavro.schema.load_schema("order.avsc")
class Service:
    def decoded(self, raw):
        return fastavro.schemaless_reader(io.BytesIO(raw), SCHEMA)
"""
    then = 'thing = self.service.decoded(b"")\n        print(thing["amount"])'

    (use,) = uses_in("main.py", {"service.py": decoder}, "Service()", then)

    assert (use.mode, use.certainty) == ("reads", "certain")


def test_a_record_that_a_method_of_another_file_encodes_is_followed() -> None:
    sink = """
import io, fastavro
SCHEMA = fastavro.schema.load_schema("order.avsc")
class Service:
    def put(self, record):
        out = io.BytesIO()
        fastavro.schemaless_writer(out, SCHEMA, record)
        Producer({}).produce("sums", out.getvalue())
"""
    sink = "from confluent_kafka import Producer\n" + sink
    then = 'it = {"id": "1", "amount": 2}\n        self.service.put(it)'

    (use,) = uses_in("main.py", {"service.py": sink}, "Service()", then)

    assert (use.mode, use.certainty) == ("writes", "certain")


def test_what_a_test_hands_over_says_nothing_of_where_records_come_from() -> None:
    test = 'from service import Service\ndef test_it():\n    Service().process({"amount": 1})\n'
    service = SERVICE.replace("self.repository.save(thing)", "pass")

    (use,) = uses_in("service.py", {"service.py": service, "tests/test_service.py": test}, "Service()", "pass")

    assert use.certainty == "possible"


def test_what_a_function_of_another_file_writes_down_is_no_field_of_what_the_job_consumes() -> None:
    rules = 'def decide(order):\n    result = {"id": order["id"], "amount": 1}\n    return result\n'
    main = """
import io, fastavro
from confluent_kafka import Consumer, Producer
from rules import decide
ORDER = fastavro.schema.load_schema("order.avsc")
DECISION = fastavro.schema.load_schema("decision.avsc")
consumer = Consumer({})
consumer.subscribe(["orders"])
order = fastavro.schemaless_reader(io.BytesIO(consumer.poll(1).value()), ORDER)
decision = decide(order)
print(decision["amount"])
out = io.BytesIO()
fastavro.schemaless_writer(out, DECISION, decision)
Producer({}).produce("decisions", value=out.getvalue())
"""
    decision = SCHEMA.replace("Order", "Decision")
    files = {"app/Dockerfile": "", "app/order.avsc": SCHEMA, "app/decision.avsc": decision, "app/rules.py": rules}

    found = [
        (use.subject, use.certainty)
        for use in map_of({**files, "app/main.py": main}).uses
        if use.path == "amount" and use.span.first_line == 11
    ]

    assert found == [("decision", "certain")]
