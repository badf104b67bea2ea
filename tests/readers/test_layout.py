from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.readers.layout import LAYOUT_KIND, NAMES_MIN, layout_of, read_layout
from tests.readers.sockets import MemoryIndex

SUFFIXES = (".avsc",)
MANY = [f"docs/{number}.md" for number in range(NAMES_MIN)]
PATHS = sorted(
    [
        *MANY,
        "a/Dockerfile",
        "a/main.py",
        "a/order.avsc",
        "b/schema.json",
        "b/tests/Dockerfile",
        "compose.yaml",
        "x/values.yaml",
    ]
)


def test_the_layout_tells_files_by_their_names() -> None:
    layout = read_layout(PATHS, SUFFIXES)

    assert layout.python == ("a/main.py",)
    assert layout.schemas == ("a/order.avsc",)
    assert layout.plain_schemas == ("b/schema.json",)
    assert layout.builds == ("a/Dockerfile", "b/tests/Dockerfile")
    assert layout.deployments == (
        ("compose", ("compose.yaml",)),
        ("dockerfile", ("a/Dockerfile",)),
        ("values", ("x/values.yaml",)),
    )


def test_the_layout_of_many_names_is_kept_until_one_of_them_changes() -> None:
    index = MemoryIndex()
    first = layout_of(PATHS, SUFFIXES, index)
    kept = dict(index.entries)

    assert layout_of(PATHS, SUFFIXES, index) == first
    assert index.entries == kept
    assert layout_of([*PATHS, "z.py"], SUFFIXES, index) == read_layout([*PATHS, "z.py"], SUFFIXES)
    assert index.entries.keys() == kept.keys()


OTHERS = (
    "a/app.env",
    "a/Dockerfile",
    "b/order.avsc",
    "b/schemas/order.json",
    "b/main.py",
    "k8s/service.yaml",
    "Procfile",
    "pyproject.toml",
)


@given(st.sets(st.sampled_from(OTHERS)), st.sets(st.sampled_from(OTHERS)), st.sets(st.sampled_from(MANY)))
def test_the_layout_after_files_came_and_went_is_that_of_a_tree_read_anew(
    before: set[str], after: set[str], gone: set[str]
) -> None:
    index = MemoryIndex()
    now = sorted({*MANY, *(f"more/{name}" for name in MANY), *after} - gone)
    layout_of(sorted({*MANY, *before}), SUFFIXES, index)

    assert layout_of(now, SUFFIXES, index) == read_layout(now, SUFFIXES)
    assert layout_of(now, SUFFIXES, index) == read_layout(now, SUFFIXES)


def test_a_kept_layout_of_another_program_or_of_other_schemas_is_none() -> None:
    index = MemoryIndex()
    layout_of(PATHS, SUFFIXES, index, "old")

    assert layout_of(PATHS, (".json",), index, "old") == read_layout(PATHS, (".json",))
    damaged = {key: b"\x00" if key[0] == LAYOUT_KIND else value for key, value in index.entries.items()}
    index.entries = damaged
    assert layout_of(PATHS, SUFFIXES, index, "new") == read_layout(PATHS, SUFFIXES)
