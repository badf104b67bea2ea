"""A small repository that defines an order in one of several languages, and code, tests and papers around it."""

from __future__ import annotations

from pathlib import Path

from copilot.adapters.changelog import GitChangeLog
from copilot.adapters.git import open_repository
from copilot.adapters.index import SqliteIndex
from copilot.adapters.tree import CommitTree
from copilot.domain.impacted import AskedChange, ImpactList
from copilot.impact.answer import impact_list
from tests.repositories import commit, init

DAY = 86_400
START = 1_700_000_000
FIELDS = ("order_id", "coupon_code", "total_cents", "placed_at")
SCHEMAS = {
    "schemas/order.avsc": '{"type": "record", "name": "Order", "fields": [\n'
    + ",\n".join(f'  {{"name": "{name}", "type": "string"}}' for name in FIELDS)
    + "\n]}\n",
    "protos/order.proto": 'syntax = "proto3";\nmessage Order {\n'
    + "".join(f"  string {name} = {number};\n" for number, name in enumerate(FIELDS, 1))
    + "}\n",
    "schemas/order.json": "[\n" + ",\n".join(f'  {{"name": "{name}", "type": "STRING"}}' for name in FIELDS) + "\n]\n",
    "schemas/order.schema.json": '{"title": "Order", "properties": {\n'
    + ",\n".join(f'  "{name}": {{"type": "string"}}' for name in FIELDS)
    + "\n}}\n",
    "shop/order.py": "@dataclass\nclass Order:\n" + "".join(f"    {name}: str\n" for name in FIELDS),
}
BUILDER = """\
def build(row):
    return Order(
        order_id=row[0],
        coupon_code=row[1],
        total_cents=row[2],
        placed_at=row[3],
    )
"""
READER = """\
class Billing {
  void bill(Order order) {
    send(order.getOrderId(), order.getCouponCode(), order.getTotalCents(), order.getPlacedAt());
  }
}
"""
OTHERS = {
    "shop/builder.py": BUILDER,
    "tests/test_builder.py": "from shop.builder import build\n\ndef test_build():\n"
    "    assert build(ROW).coupon_code == 'X' and build(ROW).total_cents and build(ROW).order_id\n",
    "billing/Billing.java": READER,
    "marketing/coupons.py": "def send(mail):\n    return mail.coupon_code\n",
    **{f"misc/module_{number}.py": f"VALUE_{number} = {number}\n" for number in range(40)},
}


def make(folder: Path, schema: str) -> Path:
    """Makes the repository with the one schema; everything is of one commit."""
    init(folder)
    commit(folder, {schema: SCHEMAS[schema], **OTHERS}, at=START)
    return folder


def ask(folder: Path, *changes: AskedChange, at: str = "HEAD") -> ImpactList:
    """Returns the impact list at a commit, with a cache of its own."""
    repository = open_repository(folder)
    index = SqliteIndex(folder.parent / f"{folder.name}-cache" / "index.sqlite")
    id = repository.resolve(at)
    found = impact_list(changes, CommitTree(repository, id), index, GitChangeLog(repository, id, index))
    index.close()
    return found


def paths(found: ImpactList, *lists: str) -> list[str]:
    return [it.path for it in found.files if it.list in (lists or ("change", "look"))]
