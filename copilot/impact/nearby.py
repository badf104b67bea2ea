"""Which records may be meant by a name that none has? Those of nearly that name, and those that have the field."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from copilot.domain.impacted import AskedChange
from copilot.domain.source import SourceFile
from copilot.impact.places import place_of
from copilot.impact.shape_reader import shapes_in
from copilot.impact.shapes import stem_of
from copilot.impact.target import names_a_file
from copilot.impact.words import Words, last_names, normal, styleless
from copilot.ports import Tree

NEAR_MAX = 3
READ_MAX = 40
_CUTOFF = 0.7
_LIKE_SCHEMA = (".avsc", ".proto", ".avdl", ".avpr", ".json", ".yaml", ".yml", ".py")


def records_near(asked: AskedChange, tree: Tree, words: Words) -> tuple[str, ...]:
    """Returns a few records as "Order in shop/order.proto", those of the nearest names first."""
    name = asked.record or asked.subject
    wanted = stem_of(name) if names_a_file(name) else last_names([name])[0]
    paths = [*_called_like(wanted, words.entries), *_with_field(asked, words)]
    texts = tree.read(dict.fromkeys(paths))
    own = normal(last_names([asked.field])[0])
    found: dict[str, tuple[float, bool]] = {}
    for path, file in texts.items():
        for shape in shapes_in(path, file.text) if isinstance(file, SourceFile) else ():
            likeness = _likeness(wanted, shape.name.rsplit(".", 1)[-1])
            has_field = not asked.is_addition and any(normal(it.name) == own for it in shape.fields)
            if likeness >= _CUTOFF or has_field:
                found[f"{shape.name.rsplit('.', 1)[-1]} in {path}"] = (likeness, has_field)
    return tuple(sorted(found, key=lambda it: (*(-value for value in found[it]), it))[:NEAR_MAX])


def names_near(name: str, names: Sequence[str]) -> tuple[str, ...]:
    """Returns the names that are spelt most like one that is not among them."""
    plain = {normal(it): it for it in names}
    return tuple(plain[it] for it in difflib.get_close_matches(normal(name), plain, NEAR_MAX, _CUTOFF))


def _called_like(wanted: str, paths: Iterable[str]) -> list[str]:
    stems: dict[str, list[str]] = {}
    for path in paths:
        if path.endswith(_LIKE_SCHEMA) and not place_of(path).is_generated:
            stems.setdefault(normal(stem_of(path)), []).append(path)
    near = difflib.get_close_matches(normal(wanted), stems, NEAR_MAX, _CUTOFF)
    return [path for stem in near for path in stems[stem][:NEAR_MAX]]


def _with_field(asked: AskedChange, words: Words) -> list[str]:
    """Returns the files that may define a record with the field, schemas before code."""
    own = normal(last_names([asked.field])[0])
    if asked.is_addition or not own:
        return []
    key = b"\n" + own.encode() + b"\n"
    found = [path for path, listed in words.each(_LIKE_SCHEMA) if key in styleless(listed)]
    return sorted(found, key=lambda it: (it.endswith(".py"), place_of(it).is_test, len(it), it))[:READ_MAX]


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, normal(one), normal(other)).ratio()
