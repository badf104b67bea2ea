"""Cases that somebody says an alternative fails on. A case is data and never code: it is executed by what is here already.

Versions are named by where they come from: "base" is the newest version before the change, "phase N" the one after that phase,
counted from 1 as people see them, "vN" the Nth version of the history.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordCase:
    """A record (JSON text) of `subject` that is written with one version and read with another.

    `path` is the field that is said to be lost, changed or refused; "" for the whole record.
    """

    subject: str
    writer: str
    reader: str
    record: str
    path: str
    says: str


@dataclass(frozen=True, slots=True)
class BytesCase:
    """Bytes (hex) of one record without a container, as one version is said to have written them, read with another."""

    subject: str
    writer: str
    reader: str
    hex: str
    says: str


@dataclass(frozen=True, slots=True)
class OrderCase:
    """An order of deploys: each entry is a job and the phase that it is moved to ("base" or "phase N"), one after the other."""

    moves: tuple[tuple[str, str], ...]
    says: str


FailingCase = RecordCase | BytesCase | OrderCase
