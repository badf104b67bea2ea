"""What the readers of expressions may ask of each other: the one socket that keeps them from importing in a circle."""

from __future__ import annotations

import ast
from typing import Protocol

from copilot.readers.configs import ConfigTable
from copilot.readers.flow import Origin
from copilot.readers.scope import Scope, Seen
from copilot.readers.sheet import Sheet
from copilot.readers.values import Value


class Reader(Protocol):
    """Reads the expressions of one file; `expressions` implements it."""

    scope: Scope
    sheet: Sheet
    configs: ConfigTable

    def see(self, node: ast.expr | None, mode: str = "reads") -> Seen:
        """Reads an expression and everything in it."""
        ...

    def see_as(self, node: ast.expr | None, receiver: str, mode: str = "reads") -> Seen:
        """Reads an expression whose value gets the name `receiver`."""
        ...

    def key_use(
        self, token: ast.expr, name: str, mode: str, form: str, receiver: ast.expr, base: Seen, shape: int = -1
    ) -> Seen:
        """Adds the use of a key of `receiver` and returns what lies under it."""
        ...

    def picked(self, base: Seen, key: ast.expr, seen: Seen, default: Value = None) -> Value:
        """Returns the chain to what a table holds under a key that is no text of its own, and was seen already."""
        ...

    def columns(self, node: ast.expr, mode: str, receiver: str, origin: Origin | None) -> None:
        """Adds the uses of a column name, or of a list of them."""
        ...
