"""Ways to make a change: typed edits, grouped in phases.

Each phase states its **whole target**: the full set of edits that leads from the base to the state after that phase. So every
phase compiles from the same base text, places keep the offsets that the map gave them, and the difference between two phases
is a difference of two states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.domain.precondition import Precondition
from copilot.domain.schema import SchemaSource

SchemaAction = Literal[
    "add_field",
    "remove_field",
    "rename_field",
    "set_type",
    "set_property",
    "remove_property",
    "add_symbol",
    "remove_symbol",
    "set_enum_property",
    "reorder_fields",
    "rename_symbol",
    "reorder_symbols",
    "rename_type",
    "set_type_property",
]
CodeAction = Literal[
    "rename_key",
    "add_key",
    "add_converted",
    "remove_key",
    "read_default",
    "read_either",
    "read_converted",
    "read_null",
    "read_upcast",
    "set_value",
    "wrap_value",
    "declare",
    "take",
    "redeclare",
]
StepKind = Literal["schema", "producers", "consumers", "sinks", "cutover", "manual"]


@dataclass(frozen=True, slots=True)
class SchemaEdit:
    """One edit of a schema text, wherever it stands (`source`).

    `record` is the full name of the declaring record, `field` the field in it. `value` is JSON text:
    add_field: the whole field object, appended after the last field (or after `name` where that names a sibling);
    rename_field: the new name as a JSON string, nothing else changes (aliases are a set_property of their own, which names
    the field as it is called in the base); set_type: the new type; set_property / remove_property: `name` is the property
    of the field object ("default", "doc", "aliases", "deprecated"); add_symbol / remove_symbol: the symbol as a JSON string,
    in the enum that the field's type holds; set_enum_property: `name` is a property of that enum ("default"); rename_symbol: `name`
    becomes the symbol of the value; reorder_fields / reorder_symbols: the value lists all names in the order that is wanted.
    rename_type: the named type that is `record` in the base gets the full name of the value, its references follow, and types
    inside it that take its namespace keep taking it; set_type_property: `name` is a property of that named type.
    """

    source: SchemaSource
    action: SchemaAction
    record: str
    field: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class CodeEdit:
    """One edit at one use of a field in code, found again by `offset` (the name's token, UTF-8 bytes in the base text).

    rename_key: the name becomes `to`, and the written value goes through `expression` where one is given. add_key: in the
    record literal (or assignment) that writes the name, also write `to`, with the same value expression, or with the literal
    expression `expression` where one is given. add_converted: the same, with `expression` in which "{}" stands for the value.
    remove_key: that entry goes. read_default: the read no longer fails without the field, giving `expression`. read_either:
    reads `to`, through `expression` where one is given, and falls back on the old name. read_converted: reads `to` through
    `expression`. read_null: the read gives `expression` where its value is null. read_upcast: reads `to` from
    what `expression` makes of the record, which "{}" stands for. set_value: the written value becomes
    `expression`. In an expression "{name}" stands for what the same record has, or gets, for that field. wrap_value: the
    written value v becomes `expression` with "{}" standing for v.

    At the line of a class that declares the name, declare: the class declares `to` too, last, annotated with `expression`, or as
    the name is, and with None as default unless `expression` gives another; take: the same, but only where objects of a class
    that refuses other names are made of whole records; redeclare: it declares `to` instead.
    """

    path: str
    offset: int
    action: CodeAction
    name: str
    to: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replaces one whole word on one line of any file: a topic in a setting, a level in `copilot.toml`.

    Every place of the line where `before` stands between characters that no name has becomes `after`; "" as `before` puts
    `after` in front of the line.
    """

    path: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Free-form: `before`, which stands exactly once in the file's base text, becomes `after`."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ImportEdit:
    """Makes `name` of the Python module `module`, which lies beside the file, known in it where an edit of the file uses it."""

    path: str
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class SignalEdit:
    """Adds a pipeline signal at a place; compiled by `signals`."""

    path: str
    line: int
    signal: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that does not exist in the base."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file says after the phase, None where it is gone: how phases that are left stand on a present base."""

    path: str
    text: str | None


Edit = SchemaEdit | CodeEdit | TextEdit | Replacement | ImportEdit | SignalEdit | NewFile | FileText


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to deploy together: `kind` tells what, `jobs` who, `paths` the files of the phase that it carries.

    A "cutover" moves producers and consumers at once, while nothing is on the way between them. `manual` are places that a
    person must change by hand in this step, as "path:line  what".
    """

    title: str
    kind: StepKind
    jobs: tuple[str, ...]
    paths: tuple[str, ...]
    manual: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A compacted topic whose last record of each key is written again, and the file of the job that does it."""

    topic: str
    path: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be seen before the next phase may start, in words that a person can check.

    `outlasts_retention` tells that it also waits until every record from before its phase has left the topics; `rewritten` are
    compacted topics from which such records have gone by the job of a phase before.
    """

    text: str
    outlasts_retention: bool = False
    rewritten: tuple[Rewritten, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeBox:
    """How long the state of a phase should last at most: so many days, or to the day `until` (YYYY-MM-DD) where one was asked for.

    `source` says where that comes from. `least_days` is how long it has to last at least, as the person wished.
    """

    days: float
    source: str
    until: str = ""
    least_days: float = 0.0

    def __str__(self) -> str:
        length = f"until {self.until}" if self.until else f"{self.days:g} {'day' if self.days == 1 else 'days'}"
        least = f", at least {self.least_days:g}" if self.least_days else ""
        return f"{length}{least} ({self.source})"


@dataclass(frozen=True, slots=True)
class Phase:
    """A state that may live in production for a while, the steps that lead to it in order, and the gate to leave it.

    `time_box` is there where another phase follows: the last state is the one that was asked for, and may stay.
    """

    name: str
    edits: tuple[Edit, ...]
    steps: tuple[Step, ...]
    gate: Gate | None = None
    time_box: TimeBox | None = None


@dataclass(frozen=True, slots=True)
class Waited:
    """The gate that was shown to hold before the first phase; `gone` are meanings of versions whose records have left since.

    `brought` are the names of fields that the landed phases added: the present base has them, and they are new to the change.
    """

    gate: Gate
    gone: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to make the change. `id` is the strategy and a digest of the content; `argument` says when it wins.

    `origin` is "rules", "claude", or "person" (a choice of hunks); `strategy` the catalogue's id ("alias").
    An alternative without phases changes nothing. `waited` is there where earlier phases have landed already. `testable` are
    claims of its origin about what must hold, which a check holds against the map; `preconditions` are those in free words, which
    nothing here checks.
    """

    id: str
    title: str
    origin: Literal["rules", "claude", "person"]
    strategy: str
    phases: tuple[Phase, ...]
    argument: str
    waited: Waited | None = None
    preconditions: tuple[str, ...] = ()
    testable: tuple[Precondition, ...] = ()

    @property
    def names(self) -> str:
        """Returns by what people name it: its id and its strategy."""
        return f"{self.id} {self.strategy}"

    @property
    def brought(self) -> frozenset[str]:
        """Returns the names of fields that phases which have landed already added."""
        return frozenset(self.waited.brought if self.waited else ())

    def gates_before(self, phase: int) -> tuple[Gate, ...]:
        """Returns the gates that hold when that phase begins, oldest first."""
        before = [self.waited.gate] if self.waited else []
        return (*before, *(one.gate for one in self.phases[:phase] if one.gate is not None))


@dataclass(frozen=True, slots=True)
class NotOffered:
    """A strategy of the catalogue that does not fit this request, and why."""

    strategy: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planner answers; the alternative that changes nothing is always the first."""

    alternatives: tuple[Alternative, ...]
    not_offered: tuple[NotOffered, ...]
