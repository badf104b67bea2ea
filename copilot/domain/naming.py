"""Names of fields that come to stand beside another one (`amount_v2`, `orderAmountV2`), and the names that people give to tests."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import count

_TEST_PATH = re.compile(r"(^|/)(tests?|testing|fixtures?|conftest\.py)(/|$)|(^|/)test_[^/]*$|_test\.[a-z]+$")


def is_camel(name: str) -> bool:
    """Tells whether a name sets its words apart by capitals."""
    return name.lower() != name and "_" not in name


def beside(name: str, word: str) -> str:
    """Returns the name with a word after it."""
    return f"{name}{word[:1].upper()}{word[1:]}" if is_camel(name) else f"{name}_{word}"


def next_of(name: str, taken: Container[str]) -> str:
    """Returns the next free name of the field's family."""
    return next(it for number in count(2) if (it := beside(name, f"v{number}")) not in taken)


def next_topic(topic: str, taken: Container[str]) -> str:
    """Returns the next free name of the topic's family: `orders.v2`."""
    match = re.search(r"^(.*?v)(\d+)$", topic)
    mark = "_" if "_" in topic else "-" if "-" in topic else "."
    stem, number = (match[1], int(match[2])) if match else (f"{topic}{mark}v", 1)
    while f"{stem}{number}" in taken or number < 2:
        number += 1
    return f"{stem}{number}"


def is_test_path(path: str) -> bool:
    """Tells whether a path belongs to tests, by the names people give them; that of a clone, by what follows its name."""
    return _TEST_PATH.search(path.rpartition(":")[2]) is not None
