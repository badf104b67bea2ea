"""The decisions table, and the rows that go into it."""

import sqlite3

STATUS = {"APPROVE": "paid", "DECLINE": "cancelled"}

CREATE = """
CREATE TABLE IF NOT EXISTS decisions (
    order_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    score REAL NOT NULL,
    decided_at TEXT NOT NULL,
    reason TEXT,
    explanation TEXT
)
"""

INSERT = """
INSERT OR REPLACE INTO decisions (order_id, status, score, decided_at, reason, explanation)
VALUES (:order_id, :status, :score, :decided_at, :reason, :explanation)
"""


def to_row(decision):
    return {
        "order_id": decision["order_id"],
        "status": STATUS[decision["outcome"]],
        "score": round(decision["score"], 4),
        "decided_at": decision["decided_at"].isoformat(),
        "reason": decision["reason"],
        "explanation": decision.get("explanation"),
    }


def open_table(path):
    connection = sqlite3.connect(path)
    connection.execute(CREATE)
    return connection


def save(connection, decision):
    with connection:
        connection.execute(INSERT, to_row(decision))
