"""How do the likeliest files hang together? Reads their texts: tests of files, callers of files, files that change with files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from copilot.domain.source import SourceFile
from copilot.impact.facts import Evidence, FileFacts
from copilot.impact.names import ChangeNames
from copilot.impact.passages import Passage, Sought, read_passage
from copilot.impact.past import Past
from copilot.impact.shapes import stem_of
from copilot.impact.words import normal
from copilot.ports import Tree

READ_FILES_MAX = 60
TEXT_BYTES_MAX = 400_000
TOP_FILES = 8
PAIRED_FILES = 5
STEM_LENGTH_MIN = 5
_AFFIXES = re.compile(
    r"^test(?=.{3})|(?<=.{3})(?:unit|integration)?(?:tests?|spec|it|impl|pb2?(?:grpc)?|proto|schema)$"
)


def with_kin(evidence: Evidence, names: ChangeNames, past: Past, tree: Tree) -> tuple[FileFacts, ...]:
    """Returns the facts with what the texts of the likeliest files say; the others stay as they are."""
    likely = sorted(evidence.files, key=lambda it: (-rough_guess(it), it.path))[:READ_FILES_MAX]
    cores = {it.path: core_of(it.path) for it in likely}
    passages = _passages(likely, evidence, names, frozenset(cores.values()), tree)
    guesses = {it.path: rough_guess(it) for it in likely}
    top = [it.path for it in likely[:TOP_FILES]]
    told: dict[str, FileFacts] = {}
    for it in likely:
        core, passage = cores[it.path], passages.get(it.path)
        stems = passage.stems if passage else frozenset()
        kin = max(((guesses[path], path) for path in guesses if path != it.path and cores[path] == core), default=None)
        told[it.path] = replace(
            it,
            passage=passage,
            kin=kin[0] if kin else 0.0,
            kin_path=kin[1] if kin else "",
            names_likely=max((guesses[path] for path in top if path != it.path and cores[path] in stems), default=0.0),
            named_by_likely=max(
                (guesses[path] for path in top if cores[path] != core and path in passages and core in passages[path].stems),
                default=0.0,
            ),
            pair=past.pair_rate(it.path, top[:PAIRED_FILES]),
        )  # fmt: skip
    return tuple(told.get(it.path, it) for it in evidence.files)


def rough_guess(it: FileFacts) -> float:
    """Returns a first guess that only decides which texts are read; the table of weights decides what is said."""
    return (
        2.0 * it.siblings * min(it.siblings_count, 4) / 4
        + 2.0 * it.together
        + it.beside
        + (it.field >= 2) * it.field_rarity
        + (it.record == 3) * it.record_rarity
        + 0.7 * it.is_same_stem
        + 0.7 * max(it.stem_likeness, it.record_likeness)
        + 0.4 * it.parts
        + 3.0 * it.is_schema
        - 0.1 * it.steps
    )


def core_of(path: str) -> str:
    """Returns what a file, its tests, its header and its bindings share of their names."""
    return _AFFIXES.sub("", normal(stem_of(path)))


def _passages(
    likely: Sequence[FileFacts], evidence: Evidence, names: ChangeNames, cores: frozenset[str], tree: Tree
) -> dict[str, Passage]:
    sought = Sought(
        fields=names.fields,
        records=names.records,
        record_names=names.record_names,
        schema_stems=names.schema_stems,
        weights={name: evidence.rarities[name] for siblings in names.siblings for name in sorted(siblings)},
        stems=frozenset(core for core in cores if len(core) >= STEM_LENGTH_MIN),
    )
    texts = tree.read([it.path for it in likely if it.size_bytes <= TEXT_BYTES_MAX])
    return {path: read_passage(file.text, sought) for path, file in texts.items() if isinstance(file, SourceFile)}
