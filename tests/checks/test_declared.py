"""What an operation declares about values: where an enum is shared, about all of its fields."""

from __future__ import annotations

from copilot.checks.declared import declared_about
from copilot.domain.operation import RemoveSymbol, RenameSymbol
from tests.planners.builders import subject

ANSWER = {"type": "enum", "name": "Answer", "symbols": ["NO", "YES"]}
SURVEY = {
    "type": "record",
    "name": "Survey",
    "namespace": "clinic",
    "fields": [
        {"name": "first", "type": ANSWER},
        {"name": "second", "type": "Answer"},
        {"name": "third", "type": ["null", "clinic.Answer"], "default": None},
        {"name": "note", "type": "string"},
    ],
}


def test_a_symbol_is_renamed_in_every_field_of_the_enum() -> None:
    base = subject("survey", "survey.avsc", SURVEY).latest

    declared = declared_about("survey", base, [RenameSymbol("survey", "", "first", "YES", "AGREED")])

    assert declared.replaced == {"first", "second", "third"}


def test_asking_by_a_field_that_only_names_the_enum_means_the_same() -> None:
    base = subject("survey", "survey.avsc", SURVEY).latest

    declared = declared_about("survey", base, [RemoveSymbol("survey", "", "first", "YES")])

    assert {"second", "third"} <= declared.replaced
