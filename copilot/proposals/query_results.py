"""Does a query's result hold what a gate needs? A JSON or CSV file that a person hands over, and conditions on its columns.

A condition is "COLUMN OP VALUE" with =, !=, <, <=, > or >=, and must hold in every row; "rows OP NUMBER" counts the rows. A file
without rows shows nothing, unless the rows are what is counted.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from copilot.errors import RefusedByEvidence, WrongUsage

BYTES_MAX = 50_000_000
ROWS = "rows"
_CONDITION = re.compile(r"\s*(?P<column>.+?)\s*(?P<op><=|>=|!=|==|=|<|>)\s*(?P<value>.+?)\s*")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_SHAPE = 'Write for example --holds "mismatches = 0" or --holds "rows >= 1".'

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """What every row must hold."""

    column: str
    op: str
    value: str

    def __str__(self) -> str:
        return f"{self.column} {self.op} {self.value}"


def condition(text: str, where: object = "") -> Condition:
    """Returns the condition of a text that stands at a place; raises WrongUsage where it is none."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise WrongUsage(f'"{text}" is no condition.', where=where, next=_SHAPE)
    made = Condition(found["column"], found["op"], found["value"].strip("\"'"))
    if _COMPARE[made.op] not in (operator.eq, operator.ne) and _number(made.value) is None:
        raise WrongUsage(f'"{text}" compares with something that is no number.', where=where, next=_SHAPE)
    return made


def shown_by(path: Path, conditions: Sequence[Condition]) -> tuple[str, str]:
    """Returns in words that a result holds all conditions, and the digest of its bytes.

    Raises RefusedByEvidence naming the first row that does not hold one, WrongUsage where the file can't be read as a result.
    """
    if not conditions:
        raise WrongUsage("What the result must hold is not said.", where=path, next=_SHAPE)
    data = _read(path)
    rows = _rows(path, data)
    for wanted in conditions:
        _check(path, rows, wanted)
    counted = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"
    return f"{'; '.join(map(str, conditions))} in {path.name} ({counted})", hashlib.sha256(data).hexdigest()


def digest_of_result(path: Path) -> str:
    """Returns the digest of a result's bytes, as `shown_by` gives it; raises WrongUsage where it can't be read."""
    return hashlib.sha256(_read(path)).hexdigest()


def _check(path: Path, rows: Sequence[Row], wanted: Condition) -> None:
    if wanted.column == ROWS and not any(ROWS in row for row in rows):
        if not _holds(len(rows), wanted):
            raise _missed(path, f"it has {len(rows)} rows", wanted)
        return
    if not rows:
        raise _missed(path, "it has no row", wanted)
    for number, row in enumerate(rows, 1):
        if wanted.column not in row:
            known = ", ".join(sorted(row)) or "none"
            raise WrongUsage(f'Row {number} has no column "{wanted.column}".', where=path, next=f"It has {known}.")
        if not _holds(row[wanted.column], wanted):
            raise _missed(path, f"row {number} has {wanted.column} = {row[wanted.column]}", wanted)


def _holds(found: Any, wanted: Condition) -> bool:
    numbers = _number(found), _number(wanted.value)
    compare = _COMPARE[wanted.op]
    if None not in numbers:
        return compare(*numbers)
    if compare in (operator.eq, operator.ne):
        return compare(_text(found), wanted.value)
    # A condition on a size is not met by what has none.
    return False


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _missed(path: Path, what: str, wanted: Condition) -> RefusedByEvidence:
    return RefusedByEvidence(
        f"The result does not show that the gate holds: {what}, and must have {wanted}.",
        where=path,
        next="Mend what it shows, run the query again and hand over the new result.",
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            data = opened.read(BYTES_MAX + 1)
    except OSError as error:
        raise WrongUsage(
            f"The result can't be read: {error.strerror}.", where=path, next="Name a JSON or CSV file."
        ) from None
    if len(data) > BYTES_MAX:
        raise WrongUsage(f"The result is larger than the limit of {BYTES_MAX} bytes.", where=path, next="Aggregate it.")
    return data


def _rows(path: Path, data: bytes) -> Sequence[Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage("The result is no UTF-8 text.", where=path, next="Hand over JSON or CSV.") from None
    if not text.strip():
        raise WrongUsage(
            "The result is empty, as what a failed query leaves.",
            where=path,
            next="Hand over a CSV with its heading, or [] where there are no rows.",
        )
    suffix = path.suffix.lower()
    is_json = suffix in _JSON_SUFFIXES or (suffix != ".csv" and text.lstrip().startswith(("[", "{")))
    return _json_rows(path, text) if is_json else _csv_rows(path, text)


def _csv_rows(path: Path, text: str) -> Sequence[Row]:
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise WrongUsage(f"The result is no CSV: {error}.", where=path) from None
    for number, row in enumerate(rows, 1):
        if None in row or None in row.values():
            raise WrongUsage(f"Row {number} has not as many cells as the heading.", where=path, next="Quote its cells.")
    return rows


def _json_rows(path: Path, text: str) -> Sequence[Row]:
    try:
        found = json.loads(text) if text.lstrip().startswith("[") else _json_lines(text)
    except (ValueError, RecursionError) as error:
        raise WrongUsage(f"The result is no JSON: {error}.", where=path) from None
    if isinstance(found, dict) and isinstance(found.get(ROWS), list):
        found = found[ROWS]
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise WrongUsage("The result is no list of objects.", where=path, next='Write [{"mismatches": 0}].')
    return rows


def _json_lines(text: str) -> Any:
    """Returns the one object of a text, or a list of those that stand on a line each."""
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
