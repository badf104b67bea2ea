"""YAML that is meant to exhaust whoever reads it."""

from __future__ import annotations

import pytest

from copilot.readers.yaml_text import MAX_YAML_ENTRIES, NotYaml, read_yaml


def test_aliases_that_stand_for_billions_of_values_are_refused_at_once() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 13))

    with pytest.raises(NotYaml, match=f"more than {MAX_YAML_ENTRIES} values"):
        read_yaml(bomb)


def test_an_alias_of_itself_is_refused_or_cut_off() -> None:
    with pytest.raises(NotYaml):
        read_yaml("a: &a [*a, *a]")


def test_an_alias_is_read_as_what_it_stands_for() -> None:
    (document,) = read_yaml("a: &a {k: v}\nb: *a\n")

    assert document.value["b"].value["k"].value == "v"


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000, "? " * 200_000, "{a: " * 100_000])
def test_nesting_that_would_end_the_process_is_refused(text: str) -> None:
    with pytest.raises(NotYaml):
        read_yaml(text)


def test_a_long_line_is_no_deep_one() -> None:
    (document,) = read_yaml(f"a: {'x' * 5000}\n")

    assert len(document.value["a"].value) == 5000
