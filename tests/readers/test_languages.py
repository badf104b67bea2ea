"""Programs that no reader looks into are counted by their languages."""

from __future__ import annotations

from copilot.readers.languages import other_languages


def test_languages_are_told_with_their_files_most_files_first() -> None:
    paths = ["a.ts", "b/C.java", "b/D.java", "x.tsx", "y.ts", "jobs/main.py", "README.md", "java", "order.avsc"]

    assert other_languages(paths) == (("TypeScript", 3), ("Java", 2))
