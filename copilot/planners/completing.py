"""Which words can come next in a request? The forms are the grammar, the map gives names, and earlier requests whole sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import get_args

from copilot.domain.levels import Level
from copilot.domain.pipeline import PipelineMap
from copilot.planners.forms import FORMS

OFFERED_MAX = 8
EARLIER_MAX = 3
SUBJECTS_NOTED_MAX = 3
TYPES = ("string", "int", "long", "float", "double", "boolean", "bytes", "timestamp-millis", "date", "uuid")
_ARTICLES = ("a", "an", "the")
_KINDS = {
    "FIELD": "field",
    "SCHEMA": "subject",
    "orders.v1": "topic",
    "FULL_TRANSITIVE": "level",
    "NONE": "level",
}
_FREE = re.compile(r"^(?:[A-Z]+,?|`.+`|'.*'|\".*|.*\"|[\d-]+|cents|euros|shop\.sales|orders\.v2|timestamp-millis|>=)$")
_ADDED_TYPES = ("double", "long", "string")
_LAST_PART = re.compile(r"^(?:.*(?:;\s*|\s+then\s+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` is the whole request with the words put in, `shown` the words alone, and `note` where they come from."""

    text: str
    shown: str
    note: str


class Names:
    """The names of one kind, found by how they begin, or else by what they hold."""

    def __init__(self, names: Iterable[str]) -> None:
        self.all = tuple(dict.fromkeys(names))
        self._keyed = sorted((name.casefold(), name) for name in self.all)

    def like(self, begun: str) -> Iterator[str]:
        """Yields the names that begin so, in their order where nothing is begun, then those that only hold it."""
        key = begun.casefold()
        if not key:
            yield from self.all
            return
        at = bisect_left(self._keyed, (key,))
        first = []
        while at < len(self._keyed) and self._keyed[at][0].startswith(key):
            first.append(self._keyed[at][1])
            at += 1
        yield from first
        yield from (name for folded, name in self._keyed if key in folded and not folded.startswith(key))


@dataclass(frozen=True)
class Vocabulary:
    """What a request can name in one repository, and what was asked for in it before, the newest first."""

    holders: dict[str, tuple[str, ...]]
    subjects: Names
    fields: Names
    topics: Names
    earlier: tuple[str, ...] = ()

    @cached_property
    def levels(self) -> Names:
        return Names(get_args(Level))

    @cached_property
    def types(self) -> Names:
        return Names(TYPES)

    def of_kind(self, kind: str) -> Names:
        return {"field": self.fields, "topic": self.topics, "level": self.levels, "type": self.types}[kind]


def vocabulary_of(pipeline: PipelineMap, earlier: Sequence[str] = ()) -> Vocabulary:
    """Returns the names of the repository's own schemas and topics; what other clones hold can't be changed from here."""
    holders: dict[str, list[str]] = {}
    subjects = [it for it in pipeline.subjects if not pipeline.is_foreign(it.latest.source.path)]
    for subject in subjects:
        for field in subject.latest.fields:
            holders.setdefault(field.path, []).append(subject.name)
    return Vocabulary(
        {path: tuple(dict.fromkeys(names)) for path, names in holders.items()},
        Names(it.name for it in subjects),
        Names(holders),
        Names(topics_in(pipeline)),
        tuple(dict.fromkeys(" ".join(it.split()) for it in earlier if it.strip())),
    )


def topics_in(pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns the names of all topics, sorted."""
    return tuple(sorted({it.name for it in pipeline.endpoints if it.kind == "topic" and it.name}))


def completions(text: str, known: Vocabulary) -> tuple[Completion, ...]:
    """Returns how the last words of a request can go on, the likeliest first; only the last sentence of several counts."""
    found = _LAST_PART.match(text)
    head = found[0] if found else ""
    *words, begun = text[len(head) :].split(" ")
    words = [it for it in words if it]
    before = text[: len(text) - len(begun)]
    offered: dict[str, Completion] = {}
    for form in FORMS:
        for shown, note in islice(_next(form, words, begun, known), OFFERED_MAX):
            offered.setdefault(shown, Completion(before + shown, shown, note))
    if not offered and len(begun) > 1:
        for name in islice(known.fields.like(begun), OFFERED_MAX):
            offered.setdefault(name, Completion(before + name, name, _held(name, known)))
    earlier = [it for it in known.earlier if text.strip() and it.casefold().startswith(text.casefold()) and it != text]
    whole = tuple(Completion(it, it, "asked before") for it in earlier[:EARLIER_MAX])
    rest = tuple(it for it in offered.values() if it.text != text)
    return (*rest[: OFFERED_MAX - len(whole)], *whole)


def _next(form: str, words: Sequence[str], begun: str, known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yields the words that a form allows after those that are there, with a note each."""
    tokens = _tokens(form)
    said: dict[str, str] = {}
    at = 0
    for word in words:
        while at < len(tokens) and tokens[at] in _ARTICLES and word.lower() != tokens[at]:
            at += 1
        if at >= len(tokens) or not _fits(tokens[at], word, form):
            return
        said.setdefault(_kind(tokens[at], form), word)
        at += 1
    while at < len(tokens) and tokens[at] in _ARTICLES and not (begun and tokens[at].startswith(begun.lower())):
        at += 1
    if at >= len(tokens):
        return
    kind = _kind(tokens[at], form)
    if kind == "word":
        yield from _words(tokens[at:], begun, form, said, known)
    elif kind != "free":
        yield from ((name, _note(name, kind, said, known)) for name in _named(kind, begun, said, known))


def _words(
    tokens: Sequence[str], begun: str, form: str, said: dict[str, str], known: Vocabulary
) -> Iterator[tuple[str, str]]:
    """A word of the form itself; with the schema behind it where one must follow, for nobody ends a request with "in"."""
    if not tokens[0].startswith(begun.lower()):
        return
    if tokens[0] in ("in", "to", "from", "of") and tokens[1:2] == ["SCHEMA"]:
        for name in islice(_named("subject", "", said, known), OFFERED_MAX):
            yield f"{tokens[0]} {name}", form
    else:
        yield tokens[0], form


def _named(kind: str, begun: str, said: dict[str, str], known: Vocabulary) -> Iterator[str]:
    if kind != "subject":
        yield from known.of_kind(kind).like(begun.strip("`"))
        return
    holding = known.holders.get(said.get("field", ""), ())
    found = list(known.subjects.like(begun))
    if any(begun.casefold() in (name.casefold(), _last_part(name)) for name in found):
        yield begun  # it names one already, as records are named; which one it means is understood, or asked
        return
    yield from (name for name in found if name in holding)
    yield from (name for name in found if name not in holding)


def _last_part(subject: str) -> str:
    return re.split(r"[/.]", subject)[-1].casefold()


def _note(name: str, kind: str, said: dict[str, str], known: Vocabulary) -> str:
    """Returns what tells a name apart from others of its kind, "" where nothing does."""
    if kind == "field":
        return _held(name, known)
    field = said.get("field", "")
    return f"has {field}" if kind == "subject" and name in known.holders.get(field, ()) else ""


def _held(name: str, known: Vocabulary) -> str:
    holding = known.holders.get(name, ())
    more = f" and {len(holding) - SUBJECTS_NOTED_MAX} more" if len(holding) > SUBJECTS_NOTED_MAX else ""
    return f"in {', '.join(holding[:SUBJECTS_NOTED_MAX])}{more}" if holding else ""


def _fits(token: str, word: str, form: str) -> bool:
    return word.lower() == token if _kind(token, form) == "word" else bool(word)


def _kind(token: str, form: str) -> str:
    bare = token.rstrip(",:")
    if bare in _KINDS:
        return _KINDS[bare]
    if token in _ADDED_TYPES and (form.startswith("add ") or "type of" in form):
        return "type"
    return "free" if _FREE.match(bare) else "word"


def _tokens(form: str) -> list[str]:
    """The words of a form; a quoted text with spaces in it is one."""
    return re.findall(r"\"[^\"]*\"|'[^']*'|\S+", form)
