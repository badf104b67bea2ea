"""In which languages are the programs of a tree that no reader looks into? Told, so that nobody takes silence for absence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

_LANGUAGES = {
    "c": "C",
    "cc": "C++",
    "clj": "Clojure",
    "cpp": "C++",
    "cs": "C#",
    "ex": "Elixir",
    "go": "Go",
    "groovy": "Groovy",
    "java": "Java",
    "js": "JavaScript",
    "jsx": "JavaScript",
    "kt": "Kotlin",
    "mjs": "JavaScript",
    "php": "PHP",
    "rb": "Ruby",
    "rs": "Rust",
    "scala": "Scala",
    "swift": "Swift",
    "ts": "TypeScript",
    "tsx": "TypeScript",
}


def other_languages(paths: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Returns each such language with the count of its files, most files first; headers alone are no program."""
    endings = Counter(ending for _, dot, ending in (path.rpartition(".") for path in paths) if dot)
    found: Counter[str] = Counter()
    for ending, count in endings.items():
        if ending in _LANGUAGES:
            found[_LANGUAGES[ending]] += count
    return most_first(found)


def most_first(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Returns the languages that have files, most files first."""
    return tuple(sorted(((name, count) for name, count in counts.items() if count), key=lambda it: (-it[1], it[0])))
