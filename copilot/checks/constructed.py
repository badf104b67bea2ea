"""After each phase: do the classes that code makes objects of declare what they are given?

A dataclass, an attrs class and a named tuple refuse a name that they don't declare, and a pydantic model drops it without a word.
So a producer that hands one a new field must have it declared, and a consumer that makes an object of a whole record
(`Order(**record)`) breaks on any field that comes or goes, whatever a registry says. A class whose bases can't be read is no claim.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.checks.lineage import Lineage, phase_label
from copilot.checks.parsed_code import Codes, ParsedCode
from copilot.checks.reading import BASE, reader_schema
from copilot.checks.standing import Standing
from copilot.domain.evidence import Finding
from copilot.domain.pipeline import FieldUse, Link
from copilot.domain.record_classes import base_names, last_name, refuses_others
from copilot.domain.schema import SchemaVersion
from copilot.domain.source import Span
from copilot.ports import Bench, Case

NOT_DECLARED, NOT_TAKEN, LEFT_TO_HAND = "contract.not-declared", "contract.not-taken", "contract.may-not-be-taken"
OPEN_RULES = (LEFT_TO_HAND,)
FIELDS_LEAST = 2
"""A class stands for a record where it declares exactly its fields, so many at least."""
_PLAIN_BASES = ("object", "ABC", "Generic", "NamedTuple", "Struct", "BaseModel")
_CONSTRUCTORS = frozenset({"__init__", "__new__"})
_ATTRIBUTES = ("ib", "attrib", "field")


@dataclass(frozen=True, slots=True)
class Taking:
    """What a class takes by name, and what of it must be given; a class that is not strict drops other names."""

    names: frozenset[str]
    needed: frozenset[str]
    is_strict: bool


def taking(owner: ast.ClassDef, code: ParsedCode) -> Taking | None:
    """Returns what objects of a class are made of, as far as its file tells; None where that is not known."""
    lineage = _lineage(owner, code)
    if lineage is None or any(map(_makes_itself, lineage)):
        return None
    models = [one for one in lineage if "BaseModel" in base_names(one)]
    records: set[str] = set()
    is_needed: dict[str, bool] = {}
    for one in lineage:
        if one in models or refuses_others(one) or not records.isdisjoint(base_names(one)):
            records.add(one.name)
            is_needed |= _declared(one)
    if owner.name not in records or (models and any(map(_is_configured, lineage))):
        return None
    return Taking(frozenset(is_needed), frozenset(name for name, needed in is_needed.items() if needed), not models)


def _lineage(owner: ast.ClassDef, code: ParsedCode) -> list[ast.ClassDef] | None:
    """Returns a class and its bases, as they stand in its file; None where one has a base of which nothing is known."""
    found = {owner: None}
    waiting = [owner]
    while waiting:
        one = waiting.pop()
        for name in base_names(one):
            base = code.class_of(name)
            # What stands below has the name of a base that is imported: it can't be the base itself.
            if base is None or base.lineno >= one.lineno:
                if name not in _PLAIN_BASES:
                    return None
            elif base not in found:
                found[base] = None
                waiting.append(base)
    return sorted(found, key=lambda one: one.lineno)


def _declared(owner: ast.ClassDef) -> dict[str, bool]:
    """Returns the fields that a class declares, and whether each must be given."""
    own = [it for it in owner.body if isinstance(it, ast.AnnAssign) and "ClassVar" not in ast.unparse(it.annotation)]
    return {it.target.id: it.value is None for it in own if isinstance(it.target, ast.Name)}


def _makes_itself(owner: ast.ClassDef) -> bool:
    """Tells whether a class has a constructor of its own, or fields without an annotation as attrs has them: `at = attr.ib()`."""
    makers = (it.name for it in owner.body if isinstance(it, ast.FunctionDef))
    values = (it.value for it in owner.body if isinstance(it, ast.Assign))
    return not _CONSTRUCTORS.isdisjoint(makers) or any(
        isinstance(value, ast.Call) and last_name(value.func) in _ATTRIBUTES for value in values
    )


def _is_configured(owner: ast.ClassDef) -> bool:
    """Names of a model may be others by aliases, and its configuration may take or refuse what it doesn't declare."""
    is_set = any(isinstance(it, ast.ClassDef) and it.name == "Config" for it in owner.body)
    is_set = is_set or any(
        isinstance(it, ast.Assign) and "model_config" in map(last_name, it.targets) for it in owner.body
    )
    named = (it for it in ast.walk(owner) if isinstance(it, ast.keyword))
    return is_set or any(it.arg in ("alias", "validation_alias", "alias_generator", "extra") for it in named)


@dataclass(frozen=True, slots=True)
class Constructions:
    """The classes that are made objects of for one changed subject after one phase."""

    lineage: Lineage
    phase: int
    case: Case
    bench: Bench
    standings: Mapping[int, Standing]
    codes: Mapping[int, Codes]

    def of_producer(self, link: Link) -> Iterator[Finding]:
        """Yields the names that the producer gives to a class that declares no such field, where it did not before."""
        before = self._undeclared(link, BASE)
        for (_, owner, name), (use, is_strict) in self._undeclared(link, self.phase).items():
            if (use.span.path, owner, name) not in before:
                does = "refuses it" if is_strict else "drops it"
                text = (
                    f"{link.job} gives {name} to {owner} after {self._label}, which declares no such field and {does}."
                )
                fix = f"Declare {name} in {owner}."
                yield Finding(NOT_DECLARED, "error", text, use.span, self.lineage.name, use.path, self.phase, fix)

    def _undeclared(self, link: Link, phase: int) -> dict[tuple[str, str, str], tuple[FieldUse, bool]]:
        found: dict[tuple[str, str, str], tuple[FieldUse, bool]] = {}
        for use in self.standings[phase].after:
            if use.form != "keyword" or use.job != link.job or use.subject != self.lineage.name or use.is_test:
                continue
            code = self.codes[phase].of(use) if use.span.path.endswith(".py") else None
            for value in code.written(use) if code else ():
                keyword = code.parent(value) if code else None
                call = code.parent(keyword) if code and keyword else None
                made = self._made(call, use.span.path, phase) if isinstance(call, ast.Call) else None
                if made is not None and use.name not in made[1].names:
                    found[use.span.path, made[0], use.name] = (use, made[1].is_strict)
        return found

    def _made(self, call: ast.Call, path: str, phase: int) -> tuple[str, Taking] | None:
        """Returns the class that a call makes an object of, where it is one of this file or of a module of the tree."""
        name = last_name(call.func)
        code = self.codes[phase].at(path)
        owner = code.class_of(name) if code else None
        if code is not None and owner is None and (dotted := code.dotted(call.func)):
            code = self.codes[phase].imported(path, dotted)
            owner = code.class_of(dotted.rpartition(".")[2]) if code else None
        found = taking(owner, code) if owner is not None and code is not None else None
        return (name, found) if found is not None else None

    def of_consumer(self, link: Link) -> Iterator[Finding]:
        """Yields the classes that the consumer makes of whole records and that don't take the records of this phase."""
        base = self.lineage.base
        reader = reader_schema(link, self.lineage, self.phase, self.case, self.bench)
        if base is None or reader is None:
            return
        records = _records(base.latest)
        now = _records(reader)
        paths = {use.span.path for use in self.case.base.uses if self._is_of(use, link)}
        paths |= {it.path for it in link.proof if it.path.endswith(".py")}
        for path in sorted(paths):
            for call, name in self._whole(path, BASE):
                made = self._made(call, path, BASE)
                record = _record_of(made[1], records) if made else None
                if made is not None and record in now:
                    yield from self._refused(link, path, name, now[record])

    def _is_of(self, use: FieldUse, link: Link) -> bool:
        is_own = use.job == link.job and use.subject == self.lineage.name and not use.is_test
        return is_own and use.span.path.endswith(".py") and not self.case.base.is_foreign(use.span.path)

    def _whole(self, path: str, phase: int) -> Iterator[tuple[ast.Call, str]]:
        """Yields the calls of a file that hand one mapping on as all that they give: `Order(**record)`."""
        code = self.codes[phase].at(path)
        for call in code.calls() if code else ():
            match call:
                case ast.Call(args=[], keywords=[ast.keyword(arg=None)]):
                    yield call, last_name(call.func)

    def _refused(self, link: Link, path: str, name: str, fields: frozenset[str]) -> Iterator[Finding]:
        call = next((call for call, other in self._whole(path, self.phase) if other == name), None)
        made = self._made(call, path, self.phase) if call is not None else None
        if call is None or made is None:
            return
        new = sorted(fields - made[1].names) if made[1].is_strict else []
        gone = sorted(made[1].needed - fields)
        if not new and not gone:
            return
        what = " and ".join([*(f"refuses {it}" for it in new), *(f"needs {it}" for it in gone)])
        text = f"{link.job} makes {name} of each whole record, which {what} after {self._label}."
        is_left = any(it.startswith(f"{path}:") for it in self._by_hand())
        place = (Span(path, call.lineno, call.lineno), self.lineage.name, (new or gone)[0], self.phase)
        if is_left:
            yield Finding(LEFT_TO_HAND, "warning", text, *place)
        else:
            fix = f"Let {name} declare what the record has, or take only what it knows."
            yield Finding(NOT_TAKEN, "error", text, *place, fix)

    def _by_hand(self) -> Iterator[str]:
        for phase in self.case.alternative.phases[: self.phase + 1]:
            yield from (text for step in phase.steps for text in step.manual)

    @property
    def _label(self) -> str:
        return phase_label(self.phase, self.case.alternative.phases[self.phase])


def _records(version: SchemaVersion) -> dict[str, frozenset[str]]:
    """Returns the names of the fields of each record of a version."""
    found: dict[str, set[str]] = {}
    for field in version.fields:
        found.setdefault(field.record, set()).add(field.name)
    return {record: frozenset(names) for record, names in found.items()}


def _record_of(made: Taking, records: Mapping[str, frozenset[str]]) -> str:
    """Returns the record that a class takes whole: it takes each of its fields, and needs no other; "" where there is none."""
    fitting = (
        record
        for record, names in records.items()
        if len(names) >= FIELDS_LEAST and made.needed <= names and (names <= made.names or not made.is_strict)
        if len(made.names & names) >= FIELDS_LEAST
    )
    return next(fitting, "")
