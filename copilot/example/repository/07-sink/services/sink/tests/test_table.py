from datetime import datetime, timezone

from sink.table import open_table, save, to_row

DECISION = {
    "order_id": "o-1",
    "outcome": "DECLINE",
    "score": 0.91237,
    "decided_at": datetime(2025, 11, 3, 9, 30, tzinfo=timezone.utc),
}


def test_a_decline_cancels_the_order():
    assert to_row(DECISION)["status"] == "cancelled"


def test_saving_twice_keeps_one_row():
    table = open_table(":memory:")

    save(table, DECISION)
    save(table, DECISION)

    assert table.execute("SELECT count(*), max(score) FROM decisions").fetchone() == (1, 0.9124)
