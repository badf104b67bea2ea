"""The scanner against the standard library, and the places and reasons that it gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.formats.json_text import JSON_DEPTH_MAX, InvalidText, Node, column_of, line_of, plain, scan_json
from copilot.formats.layout import elements_of
from copilot.formats.python_literal import scan_python

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


def all_nodes(node: Node) -> list[Node]:
    return [node, *(inner for _, _, member in elements_of(node) for inner in all_nodes(member))]


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_json_text_is_read_as_the_standard_library_reads_it(value: Any, indent: Any, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)

    root = scan_json(text)

    assert plain(root) == value
    for node in all_nodes(root):
        assert json.loads(text[node.start : node.end]) == plain(node)
        for name, (start, end) in (node.keys or {}).items():
            assert json.loads(text[start:end]) == name


@given(VALUES.filter(lambda value: isinstance(value, dict | list)))
def test_every_python_literal_is_read_with_its_places(value: Any) -> None:
    text = repr(value)

    root = scan_python(text)

    assert plain(root) == value
    assert all(eval(text[node.start : node.end]) == plain(node) for node in all_nodes(root))


@given(st.text(alphabet='{}[],:"1ae\\ntruflsN/.-\n ', max_size=30))
def test_what_the_standard_library_refuses_is_refused(text: str) -> None:
    def no_constant(word: str) -> None:
        raise ValueError(word)

    assert _is_read(lambda: json.loads(text, parse_constant=no_constant)) or not _is_read(lambda: scan_json(text))


def _is_read(read: Callable[[], object]) -> bool:
    try:
        read()
    except (ValueError, InvalidText):
        return False
    return True


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('{"a": [1,\n  2,\n]}', 3, 1, "trailing comma"),
        ('{"a": 1,}', 1, 9, "trailing comma"),
        ('{"a": 1, "a": 2}', 1, 10, '"a" stands twice'),
        ('{"a": 1 // one\n}', 1, 9, "comment"),
        ("{'a': 1}", 1, 2, "single quotes"),
        ('{"a": NaN}', 1, 7, "NaN"),
        ('{"a": True}', 1, 7, "Python word"),
        ('{"a": 01}', 1, 8, "number that is not written"),
        ('{"a": 1e999}', 1, 7, "outside the range"),
        ('{"a" 1}', 1, 6, "colon"),
        ('{"a": 1 "b": 2}', 1, 9, "no comma"),
        ('{"a": "b', 1, 7, "does not end"),
        ('{"a": "b\nc"}', 1, 7, "line end inside"),
        ('{"a": "\\x"}', 1, 7, "escape"),
        ('{"a": "\\ud800"}', 1, 7, "surrogate"),
        ('{"a": 1', 1, 8, "ends in the middle"),
        ("", 1, 1, "empty"),
        ("{} {}", 1, 4, "after the end"),
        ("[" * (JSON_DEPTH_MAX + 1), 1, JSON_DEPTH_MAX + 1, "JSON_DEPTH_MAX"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_column(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(InvalidText) as caught:
        scan_json(text)

    assert words in caught.value.reason
    assert (line_of(text, caught.value.offset), column_of(text, caught.value.offset)) == (line, column)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('{"type": KIND}', "`KIND` is not a literal"),
        ('{"type": kind()}', "`kind()` is not a literal"),
        ('{"fields": [*common]}', "`*common` is not a literal"),
        ("{**base}", "not a plain string"),
        ("{1: 2}", "not a plain string"),
        ('{"a": f"{x}"}', "not a literal"),
        ('{"a": ("b", "c")}', "not a literal"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": }', "not a Python expression"),
        ('{"a": 1e999}', "not a literal"),
    ],
)
def test_code_that_is_no_literal_is_refused(code: str, words: str) -> None:
    with pytest.raises(InvalidText) as caught:
        scan_python(code)

    assert words in caught.value.reason


def test_places_behind_a_byte_order_mark_are_those_of_the_whole_text() -> None:
    text = '\ufeff{"a": 1}'

    node = scan_json(text)

    assert plain(node) == {"a": 1}
    assert text[node.value["a"].start : node.value["a"].end] == "1"
