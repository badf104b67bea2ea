"""Tables of a database that a job writes its records into: their columns are where a record ends."""

from __future__ import annotations

import pytest

from copilot.domain.pipeline import FieldUse
from tests.readers.sockets import map_of

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "amount", "type": "int"}]}'
MAIN = """
import io, fastavro
from confluent_kafka import Consumer
from models import OrderRow
SCHEMA = fastavro.schema.load_schema("order.avsc")

def main(session):
    consumer = Consumer({})
    consumer.subscribe(["orders"])
    it = fastavro.schemaless_reader(io.BytesIO(consumer.poll(1).value()), SCHEMA)
    WRITE

if __name__ == "__main__":
    main(1)
"""
OWN = 'session.add(OrderRow(id=it["id"], amount=it["amount"]))'
DJANGO = (
    "from django.db import models\nclass OrderRow(models.Model):\n"
    "    id = models.TextField()\n    amount = models.IntegerField()\n"
)
TABLES = {
    "columns of SQLAlchemy": (
        "from sqlalchemy import Column, Integer, String\nfrom db import Base\nclass OrderRow(Base):\n"
        "    id = Column(String)\n    amount = Column(Integer)\n    seen_at = Column(String)\n",
        OWN,
    ),
    "columns of Flask's": (
        "from app import db\nclass OrderRow(db.Model):\n    id = db.Column(db.String)\n    amount = db.Column(db.Integer)\n",
        OWN,
    ),
    "typed columns": (
        "from sqlalchemy.orm import Mapped, mapped_column\nfrom db import Base\nclass OrderRow(Base):\n"
        "    id: Mapped[str] = mapped_column(primary_key=True)\n    amount: Mapped[int]\n",
        OWN,
    ),
    "a model of SQLModel": (
        "from sqlmodel import SQLModel\nclass OrderRow(SQLModel, table=True):\n    id: str\n    amount: int\n",
        OWN,
    ),
    "a model of Django": (DJANGO, 'OrderRow.objects.create(id=it["id"], amount=it["amount"])'),
    "a model of peewee": (
        "from peewee import CharField, IntegerField, Model\nclass OrderRow(Model):\n"
        "    id = CharField()\n    amount = IntegerField()\n",
        'OrderRow.create(id=it["id"], amount=it["amount"])',
    ),
}


def uses(models: str, write: str, path: str = "amount") -> list[FieldUse]:
    """Returns the uses of a field of Order in a job that writes its records into a table."""
    texts = {"app/Dockerfile": "", "app/order.avsc": SCHEMA, "app/models.py": models}
    found = map_of({**texts, "app/main.py": MAIN.replace("WRITE", write)}).uses
    return [use for use in found if use.path == path]


@pytest.mark.parametrize(("models", "write"), TABLES.values(), ids=TABLES)
def test_a_column_and_what_is_written_into_it_may_hold_the_field(models: str, write: str) -> None:
    found = uses(models, write)

    assert [(use.span.path, use.mode, use.form, use.certainty) for use in found] == [
        ("app/main.py", "writes", "keyword", "possible"),
        ("app/main.py", "reads", "subscript", "certain"),
        ("app/models.py", "writes", "attribute", "possible"),
    ]


def test_a_table_that_several_jobs_share_has_columns_of_their_records() -> None:
    models, write = TABLES["columns of SQLAlchemy"]
    main = MAIN.replace("WRITE", write).replace("from models", "from db.models")
    texts = {"consumer/Dockerfile": "", "consumer/order.avsc": SCHEMA, "consumer/main.py": main, "db/models.py": models}
    texts["api/main.py"] = "from db.models import OrderRow\nif __name__ == '__main__':\n    print(OrderRow)\n"

    found = [use for use in map_of(texts).uses if use.span.path == "db/models.py" and use.path == "amount"]

    assert [(use.job, use.mode, use.certainty) for use in found] == [("consumer", "writes", "possible")]


def test_a_table_of_something_else_has_no_columns_of_the_record() -> None:
    other = DJANGO.replace("amount", "x").replace("TextField()\n", "TextField()\n    a = models.TextField()\n")

    found = uses(other, 'print(it["id"])', "id")

    assert [use.span.path for use in found] == ["app/main.py"]


def test_what_only_looks_like_a_table_declares_fields() -> None:
    plain = "from dataclasses import dataclass\n@dataclass\nclass OrderRow:\n    id: str\n    amount: int\n"

    found = uses(plain, OWN)

    assert ("app/models.py", "reads", "likely") in {(use.span.path, use.mode, use.certainty) for use in found}
