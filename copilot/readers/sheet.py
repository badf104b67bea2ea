"""The sheet that reading one Python file fills in: calls, configs, literals, uses, and the byte offsets of tokens.

Syntax trees count columns in UTF-8 bytes, but inside f-strings (before Python 3.12) the numbers can be wrong; so every token is
looked up in the bytes before its offset is believed.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from itertools import accumulate
from typing import Any

from copilot.readers.facts import Blind, Call, Config, Crossings, FileFacts, Invocation, Literal, Use
from copilot.readers.flow import BACKWARD, CHAINED, FORWARD, MADE, Origin, RecordFlow, Tag
from copilot.readers.schema_literals import changed_schemas
from copilot.readers.sql_texts import Statement
from copilot.readers.values import Value

MAX_EXCERPT = 160
MAX_NAME = 80
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNKNOWN = {"topics": None, "writer": None, "reader": None, "codec": -1, "receiver": "", "endpoint": "topic"}
_OPENING = re.compile(rb"[rRuUbB]{0,2}(\"\"\"|'''|\"|')")


class Sheet:
    """Collects the facts of one file."""

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        start = len(_BYTE_ORDER_MARK) if self.data.startswith(_BYTE_ORDER_MARK) else 0
        # Bytes, unlike text, are split only where Python's own lines end.
        self._line_starts = [start, *accumulate(map(len, self.data.splitlines(keepends=True)))]
        self.flow = RecordFlow()
        self.calls: list[Call] = []
        self.call_values: dict[int, Origin | None] = {}
        self.configs: list[Config] = []
        self.literals: list[Literal] = []
        self.shapes: list[tuple[str, ...]] = []
        self.lists: dict[tuple[Value, ...], list[ast.Constant]] = {}
        self.gaps: list[tuple[int, str]] = []
        self.is_about_kafka = b"kafka" in self.data or b"Kafka" in self.data
        self.is_quiet = False
        self.statements: list[tuple[Statement, tuple[Value, ...], ast.expr, str]] = []
        self.declares_options = any(sign in self.data for sign in (b"_argument(", b"DEFINE_", b"docopt"))
        # Notebooks get their session from their host, scripts from a module of their own: neither imports the library.
        self.uses_spark = any(
            sign in self.data for sign in (b"spark.read", b"spark.table(", b"spark.sql(", b".writeStream")
        )
        self.invocations: list[tuple[Invocation, Origin | None]] = []
        self.passes: list[tuple[str, int, str, Origin | None]] = []
        self._callees: dict[Value, int] = {}
        self._uses: list[tuple[str, int, int, str, str, str, int, Origin | None]] = []
        self._blinds: list[tuple[int, str, str, Origin | None]] = []
        self.wholes: list[tuple[ast.Call, str, str, Origin]] = []
        """Calls that take a record whole, with their names, and the record's name and origin."""
        self.tables: list[str] = []
        self._literal_count = 0
        self.made_calls: list[ast.Call] = []
        """Calls that stand nowhere by themselves; what is remembered of a node by its address needs it to stay."""

    def offset(self, line: int, column: int) -> int:
        """Returns the byte offset of a place that the syntax tree names."""
        return self._line_starts[line - 1] + column

    def line_of(self, offset: int) -> int:
        """Returns the line that holds a byte offset."""
        return bisect_right(self._line_starts, offset)

    def new_literal(self) -> Origin:
        """Returns the origin of a new dict literal."""
        self._literal_count += 1
        return Origin(("lit", self._literal_count))

    def add_call(self, role: str, library: str, node: ast.AST, scope: str, **given: Any) -> int:
        """Adds a call of a client library and returns its index; `given` are the fields of `Call` that are known."""
        values: dict[str, Any] = {**_UNKNOWN, **given}
        line, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        self.calls.append(Call(role, library, scope=scope, line=line, last_line=last, **values))
        return len(self.calls) - 1

    def add_invocation(
        self,
        node: ast.Call,
        scope: str,
        callee: Value,
        arguments: tuple[tuple[str, Value], ...],
        receiver: str,
        record: Origin | None,
    ) -> None:
        """Adds a call that other files tell; `record` is where what it hands over comes from."""
        last = node.end_lineno or node.lineno
        self.invocations.append((Invocation(scope, callee, arguments, receiver, node.lineno, last, -1), record))

    def add_use(
        self,
        name: str,
        node: ast.expr,
        mode: str,
        form: str,
        receiver: str = "",
        origin: Origin | None = None,
        shape: int = -1,
    ) -> None:
        """Adds the use of a name whose token `node` is (for an attribute, the token ends where the node ends)."""
        if self.is_quiet or not name or len(name) > MAX_NAME:
            return
        encoded = name.encode("utf-8", "surrogatepass")
        if isinstance(node, ast.Attribute):
            line, end = (
                node.end_lineno or node.lineno,
                self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
            )
            offset = end - len(encoded)
        else:
            line, offset = node.lineno, self.offset(node.lineno, node.col_offset)
        if self._is_there(encoded, offset, isinstance(node, ast.Constant)):
            self._uses.append((name, offset, line, mode, form, receiver, shape, origin))
        elif name.isidentifier():
            self._blinds.append((line, f'uses "{name}" where the place of the name can\'t be told', receiver, origin))

    def callee(self, chain: Value) -> str:
        """Returns the name by which a function is known here that only a chain leads to: a method of an object, a callback."""
        return f"{CHAINED}{self._callees.setdefault(chain, len(self._callees))}"

    def keys_read(self) -> frozenset[tuple[str, str]]:
        """Returns the keys that are read, each with the name of what it is read of; a text by itself is no key."""
        return frozenset(
            (use[5], use[0])
            for use in self._uses
            if use[4] in ("subscript", "get") or (use[4] == "string" and use[3] == "compares" and use[5])
        )

    def add_text_use(
        self, name: str, offset: int, mode: str, receiver: str, origin: Origin | None, shape: int = -1
    ) -> None:
        """Adds the use of a name that stands inside of a longer text, at a byte offset."""
        if not self.is_quiet and 1 < len(name) <= MAX_NAME and self.data.startswith(name.encode(), offset):
            self._uses.append((name, offset, self.line_of(offset), mode, "query", receiver, shape, origin))

    def add_listed_uses(self, names: Value, mode: str, receiver: str, origin: Origin | None) -> bool:
        """Adds the uses of the names that a list of constants holds, where they stand in it; False where it isn't known."""
        nodes = self.lists.get(names[1]) if names is not None and names[0] in ("list", "any") else None
        for node in nodes or ():
            self.add_use(str(node.value), node, mode, "string", receiver, origin)
        return nodes is not None

    def new_shape(self, names: tuple[str, ...]) -> int:
        """Returns the index of names that are used together."""
        self.shapes.append(names)
        return len(self.shapes) - 1

    def _is_there(self, name: bytes, offset: int, is_quoted: bool) -> bool:
        """Tells whether the token of a name starts at a byte offset."""
        if not is_quoted:
            return self.data.startswith(name, offset)
        opening = _OPENING.match(self.data, offset)
        return opening is not None and self.data.startswith(name + opening[1], opening.end())

    def add_blind(self, node: ast.AST, reason: str, receiver: str, origin: Origin | None) -> None:
        """Adds a place where a name is computed."""
        if not self.is_quiet:
            self._blinds.append((getattr(node, "lineno", 1), reason, receiver, origin))

    def facts(
        self,
        names: dict[str, Value],
        classes: list[str],
        imports: list[tuple[str, str, str]],
        functions: dict[str, list[str]],
        bases: dict[str, tuple[Value, ...]],
    ) -> FileFacts:
        """Returns what was collected, with every use tagged by the records it belongs to."""
        self.flow.settle()
        flow = self.flow
        uses = [Use(*use[:7], self._tags_of(use[7], is_of_literal=use[6] >= 0)) for use in self._uses]
        blinds = [
            Blind(line, reason, receiver, tuple(tag for tag in flow.tags(origin) if tag[3] == 0))
            for line, reason, receiver, origin in self._blinds
        ]
        for node, name, receiver, origin in self.wholes:
            reason = f"hands on all fields ({name}({receiver}))"
            blinds.append(Blind(node.lineno, reason, receiver, flow.tags(origin, FORWARD), is_whole=True))
        return FileFacts(
            gaps=tuple(dict.fromkeys([*self.gaps, *changed_schemas(self)])),
            names=tuple(
                sorted((name, value) for name, value in names.items() if value is not None and value[0] != "dict")
            ),
            classes=tuple(classes),
            imports=tuple(sorted(set(imports))),
            calls=tuple(self._with_codec(index, call) for index, call in enumerate(self.calls)),
            configs=tuple(self.configs),
            literals=tuple(self.literals),
            uses=tuple(sorted(set(uses), key=lambda use: (use.offset, use))),
            shapes=tuple(self.shapes),
            blinds=tuple(sorted(set(blinds))),
            excerpts=self._excerpts({use.line for use in uses}),
            functions=tuple(sorted((name, tuple(names)) for name, names in functions.items())),
            crossings=self._crossings(),
            invocations=tuple(
                call._replace(codec=self._codec_of(record)) if record is not None else call
                for call, record in self.invocations
            ),
            bases=tuple(sorted(bases.items())),
            tables=tuple(self.tables),
        )

    def _tags_of(self, origin: Origin | None, *, is_of_literal: bool) -> tuple[Tag, ...]:
        """Returns the tags of what a name is used of; that a key of a dict literal is one of that needs no telling."""
        kinds = FORWARD + BACKWARD if is_of_literal else FORWARD + MADE + BACKWARD
        return tuple(tag for tag in self.flow.tags(origin, kinds) if tag[3] == 0)

    def _crossings(self) -> Crossings:
        """Returns what is known of the values that go in and out of functions."""
        flow = self.flow
        passes = {
            (name, position, keyword, flow.tags(origin, FORWARD)) for name, position, keyword, origin in self.passes
        }
        results = ((name, flow.tags(Origin(("iret", name)), BACKWARD)) for name in flow.roots("iret"))
        takes = ((name, flow.tags(Origin(("param", name)))) for name in flow.roots("param"))
        returns = ((name, flow.tags(Origin(("ret", name)), FORWARD + MADE)) for name in flow.roots("ret"))
        return Crossings(
            tuple(sorted((one for one in passes if one[3]), key=repr)),
            tuple(one for one in results if one[1]),
            tuple(one for one in takes if one[1]),
            tuple(one for one in returns if one[1]),
            tuple(self._callees),
        )

    def _with_codec(self, index: int, call: Call) -> Call:
        origin = self.call_values.get(index)
        codec = self._codec_of(origin) if origin is not None else -1
        return call._replace(codec=codec) if codec >= 0 else call

    def _codec_of(self, origin: Origin) -> int:
        codecs = sorted(int(key) for key in self.flow.sources(origin.root, "encoded"))
        return codecs[0] if codecs else -1

    def _excerpts(self, lines: set[int]) -> tuple[tuple[int, str], ...]:
        ends = [*self._line_starts[1:], len(self.data)]
        return tuple(
            (
                line,
                self.data[self._line_starts[line - 1] : ends[line - 1]]
                .decode("utf-8", "replace")
                .strip()[:MAX_EXCERPT],
            )
            for line in sorted(lines)
        )
