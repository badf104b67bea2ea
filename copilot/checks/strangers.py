"""What becomes of a symbol that the code was not written for: does it stop the job, pass through every branch, or is it foreseen?

A lookup table without it, an Enum class that lacks it and a last branch that raises stop the job. A chain of branches, or a
`match`, that has no last branch for the rest passes it by in silence. One `if` alone is a filter, and says nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from copilot.checks.guards import ON_ANYTHING, ON_STRANGER, Identity, identity, is_caught
from copilot.checks.nulls import FORESEEN, UNKNOWN, Outcome
from copilot.checks.parsed_code import Codes, FunctionNode, ParsedCode
from copilot.domain.pipeline import FieldUse
from copilot.domain.record_classes import last_name

BRANCHES_MIN = 2
"""So many comparisons with symbols make a chain that was meant to know them all."""


def outcome_of_symbol(
    code: ParsedCode,
    reads: Iterable[ast.expr],
    symbol: str,
    imported: Callable[[str], ParsedCode | None] = lambda _: None,
) -> Outcome:
    """Returns what becomes of a symbol that these reads give; it breaks, or passes by, only where each of them does.

    `imported` gives the file that holds what this one imports under a dotted name.
    """
    found = [_Stranger(code, symbol, imported).of(read) for read in reads]
    fates = {one.fate for one in found}
    return found[0] if len(fates) == 1 else UNKNOWN


def outcome_at(use: FieldUse, symbol: str, codes: Codes) -> Outcome:
    """Returns what becomes of a symbol that a use reads, in the files of one state."""
    code = codes.of(use)
    if code is None:
        return UNKNOWN
    return outcome_of_symbol(code, code.read(use), symbol, lambda dotted: codes.imported(use.span.path, dotted))


@dataclass(frozen=True, slots=True)
class _Stranger:
    """The way of one symbol."""

    code: ParsedCode
    symbol: str
    imported: Callable[[str], ParsedCode | None]

    def of(self, node: ast.expr) -> Outcome:
        name = self.code.name_given(node)
        places = self._loads(node, name) if name else [node]
        found = [self._meets(place) for place in places] or [UNKNOWN]
        for fate in ("breaks", "passes", "unknown"):
            worst = next((one for one in found if one.fate == fate), None)
            if worst is not None:
                return worst
        return FORESEEN

    def _loads(self, node: ast.expr, name: str) -> list[ast.expr]:
        scope = self.code.scope(node)
        bound = [it for it in self.code.bindings.get(name, []) if self.code.scope(it) is scope]
        if not isinstance(scope, FunctionNode) or len(bound) != 1:
            return []
        return [
            it for it in ast.walk(scope) if isinstance(it, ast.Name) and it.id == name and isinstance(it.ctx, ast.Load)
        ]

    def _meets(self, node: ast.expr) -> Outcome:
        if self._is_ruled_out(node):
            return FORESEEN
        parent = self.code.parent(node)
        match parent:
            case ast.Subscript(value=value, slice=key) if key is node:
                return self._looked_up(node, value)
            case ast.Call(func=ast.Name(id=name), args=[only]) if only is node:
                return self._made_a_member(node, name)
            case ast.Match(subject=subject, cases=cases) if subject is node:
                return self._matched(parent, cases)
            case ast.Compare():
                return self._compared(node, parent)
            case ast.IfExp(test=test) if test is not node:
                return self.of(parent)
            case ast.BoolOp():
                return self.of(parent)
        return UNKNOWN

    def _is_ruled_out(self, node: ast.expr) -> bool:
        """Tells whether code comes here only with another symbol: inside of `if status == "PAID"`."""
        own = identity(node)
        for inner, outer in self.code.around(node):
            if not isinstance(outer, ast.If | ast.IfExp) or inner is outer.test:
                continue
            body = outer.body if isinstance(outer.body, list) else [outer.body]
            asked = ast.Eq | ast.In if inner in body else ast.NotEq | ast.NotIn
            for part in ast.walk(outer.test):
                is_ours = isinstance(part, ast.Compare) and identity(part.left) == own is not None
                named = _symbols_in(part) if is_ours and isinstance(part, ast.Compare) else set()
                if (
                    named
                    and self.symbol not in named
                    and isinstance(part, ast.Compare)
                    and isinstance(part.ops[0], asked)
                ):
                    return True
        return False

    def _breaks(self, node: ast.expr | ast.stmt, what: str) -> Outcome:
        raised = node.exc if isinstance(node, ast.Raise) else None
        own = raised.func if isinstance(raised, ast.Call) else raised
        if is_caught(self.code, node, ON_STRANGER | ({last_name(own)} if own else set())):
            return FORESEEN
        return UNKNOWN if is_caught(self.code, node, ON_ANYTHING) else Outcome("breaks", what, node.lineno)

    def _looked_up(self, node: ast.expr, table: ast.expr) -> Outcome:
        keys = self.code.constant_table(table)
        if keys is None and (dotted := self.code.dotted(table)) and not self.code.fills(getattr(table, "id", "")):
            home = self.imported(dotted)
            keys = home.table_named(dotted.rpartition(".")[2]) if home is not None else None
        if keys is None or not all(isinstance(key, str) for key in keys):
            return UNKNOWN
        own = identity(table)
        if self.symbol in keys or (own is not None and self._asks_for_key(node, own)):
            return FORESEEN
        name = table.id if isinstance(table, ast.Name) else "a table"
        return self._breaks(node, f"looks it up in {name}, which lacks {self.symbol}")

    def _asks_for_key(self, node: ast.expr, table: Identity) -> bool:
        """Tells whether code asks whether the table has it: `if status in RATES`."""
        scope = self.code.scope(node)
        return any(
            isinstance(it, ast.Compare)
            and isinstance(it.ops[0], ast.In | ast.NotIn)
            and identity(it.comparators[0]) == table
            for it in ast.walk(scope)
        )

    def _made_a_member(self, node: ast.expr, name: str) -> Outcome:
        values = self.code.enum_values(name)
        if values is None and (dotted := self.code.imports.get(name, "")) and name not in self.code.bindings:
            home = self.imported(dotted)
            values = home.enum_values(dotted.rpartition(".")[2]) if home is not None else None
        if values is None:
            return UNKNOWN
        return (
            FORESEEN if self.symbol in values else self._breaks(node, f"makes it a {name}, which lacks {self.symbol}")
        )

    def _matched(self, match: ast.Match, cases: list[ast.match_case]) -> Outcome:
        for case in cases:
            if case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                return self._last_branch(match, case.body)
            named = {part.value for part in ast.walk(case.pattern) if isinstance(part, ast.Constant)}
            if self.symbol in named:
                return FORESEEN
            if not named:
                return UNKNOWN
        return self._passes(match.lineno, "match")

    def _compared(self, node: ast.expr, compare: ast.Compare) -> Outcome:
        outer = self.code.parent(compare)
        if isinstance(outer, ast.Assert) and outer.test is compare:
            known = _symbols_in(compare)
            is_test = isinstance(compare.ops[0], ast.In | ast.Eq) and known and self.symbol not in known
            return self._breaks(node, "asserts that it is another one") if is_test else FORESEEN
        if not isinstance(outer, ast.If) or outer.test is not compare:
            return UNKNOWN
        if isinstance(compare.ops[0], ast.NotIn):
            known = _symbols_in(compare)
            is_refused = known and self.symbol not in known and isinstance(outer.body[-1], ast.Raise)
            return self._breaks(outer.body[-1], f"raises for all but {_listed(known)}") if is_refused else FORESEEN
        chain = list(self._chain(outer, node))
        named = {symbol for link in chain for symbol in _symbols_in(link.test)}
        if len(chain) < BRANCHES_MIN or not named:
            return UNKNOWN
        if self.symbol in named:
            return FORESEEN
        last = chain[-1].orelse
        return self._last_branch(chain[-1], last) if last else self._passes(chain[0].lineno, "branch")

    def _chain(self, link: ast.If, node: ast.expr) -> Iterator[ast.If]:
        """Yields the `if` and its `elif`s from the first on, as long as they ask about the same value."""
        own = identity(node)
        first = link
        while isinstance(parent := self.code.parent(first), ast.If) and parent.orelse == [first]:
            first = parent
        current: ast.If | None = first
        while current is not None:
            test = current.test
            if not (isinstance(test, ast.Compare) and identity(test.left) == own is not None):
                return
            yield current
            follower = current.orelse[0] if len(current.orelse) == 1 else None
            current = follower if isinstance(follower, ast.If) else None

    def _last_branch(self, node: ast.stmt, body: list[ast.stmt]) -> Outcome:
        if isinstance(body[-1], ast.Raise):
            return self._breaks(body[-1], "raises for every symbol that it doesn't name")
        return FORESEEN

    def _passes(self, line: int, kind: str) -> Outcome:
        return Outcome("passes", f"has no {kind} for {self.symbol}, nor one for the rest", line)


def _symbols_in(test: ast.expr) -> set[str]:
    """Returns the texts of a test without the names of keys in it: `order["status"] == "NEW"` is about NEW."""
    texts = {part.value for part in ast.walk(test) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    keys: list[ast.expr] = [part.slice for part in ast.walk(test) if isinstance(part, ast.Subscript)]
    keys += [part.args[0] for part in ast.walk(test) if isinstance(part, ast.Call) and part.args]
    return texts - {key.value for key in keys if isinstance(key, ast.Constant)}


def _listed(symbols: set[str]) -> str:
    return ", ".join(sorted(symbols))
