from __future__ import annotations

import pytest

from copilot.domain.codec import digest_of_text
from copilot.errors import WrongUsage
from copilot.planners.prompt_text import as_override, body_digest, parse_prompt

BODY = "Word it.\n--- user ---\nThis: {{evidence}}\nand {{rulings}}"
HEAD = f"""\
---
id: words
version: 2
inputs: rulings, evidence
answer: words
changes:
  2 {body_digest(BODY)} Says less.
  1 0a3f7c55d1e29b60 First version.
---
"""


def test_a_prompt_file_is_read() -> None:
    found = parse_prompt(HEAD + BODY + "\n", "words.md", "own")

    prompt = found.prompt
    assert (prompt.id, prompt.version, prompt.inputs) == ("words", 2, ("rulings", "evidence"))
    assert (prompt.system, prompt.user) == ("Word it.", "This: {{evidence}}\nand {{rulings}}")
    assert prompt.digest == digest_of_text(HEAD + BODY + "\n")
    assert prompt.source == "own"
    assert [change.text for change in found.changes] == ["Says less.", "First version."]
    assert found.unversioned == ""


def test_an_edited_body_is_not_that_of_its_version() -> None:
    found = parse_prompt(HEAD + BODY.replace("Word", "Praise"), "words.md", "built in")

    assert "is not that of version 2. Write `version: 3`" in found.unversioned
    assert found.body_digest in found.unversioned


def test_a_version_without_its_line_is_told() -> None:
    assert parse_prompt(HEAD.replace("version: 2", "version: 3") + BODY, "words.md", "built in").unversioned


def test_versions_may_be_left_out() -> None:
    head = HEAD[: HEAD.index("changes:")] + "---\n"

    assert parse_prompt(head + BODY, "words.md", "own").changes == ()


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("---\nid", "id", "words.md:1", "begins with a head"),
        ("\n---\nWord", "\nWord", "words.md:1", "begins with a head"),
        ("answer: words\n", "", "words.md:1", 'lacks "answer"'),
        ("answer: words", "answer: Words!", "words.md:5", "is no answer"),
        ("id: words", "id: ../words", "words.md:2", "is no id"),
        ("id: words", "id: words\nid: other", "words.md:3", "stands there twice"),
        ("id: words", "id: words\ntemperature: 1", "words.md:3", '"temperature" is not known'),
        ("version: 2", "version: two", "words.md:3", "is no version"),
        ("version: 2", "version: 0", "words.md:3", "is no version"),
        ("rulings, evidence", "rulings, rulings, evidence", "words.md:4", "no list of inputs"),
        ("rulings, evidence", "rulings,", "words.md:4", "no list of inputs"),
        ("  1 0a3f7c55d1e29b60", "  2 0a3f7c55d1e29b60", "words.md:8", "no change, newest first"),
        ("0a3f7c55d1e29b60", "abc", "words.md:8", "no change, newest first"),
        ("rulings, evidence", "rulings, evidence, map", "words.md:11", 'no place for "map"'),
        ("rulings, evidence", "rulings", "words.md:12", "no input 'evidence'"),
        ("Word it.", "Word {{rulings}}.", "words.md:10", "The stable text has a place"),
        ("--- user ---", "", "words.md:10", "0 lines say"),
        ("and {{rulings}}", "--- user ---\nand {{rulings}}", "words.md:13", "2 lines say"),
        ("Word it.", "", "words.md:10", "The stable text is empty"),
        ("This: {{evidence}}\nand {{rulings}}", "", "words.md:11", "The text of a request is empty"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, where: str, says: str) -> None:
    assert old in HEAD + BODY

    with pytest.raises(WrongUsage) as told:
        parse_prompt((HEAD + BODY).replace(old, new, 1), "words.md", "own")

    assert says in told.value.what
    assert told.value.where == where


def test_a_huge_file_is_no_prompt() -> None:
    with pytest.raises(WrongUsage, match="too long"):
        parse_prompt(HEAD + BODY + "x" * 70_000, "words.md", "own")


@pytest.mark.parametrize("text", ["", "---", "\n", "---\n---\n"])
def test_a_file_that_says_nothing_is_told(text: str) -> None:
    with pytest.raises(WrongUsage):
        parse_prompt(text, "words.md", "own")


def test_an_override_begins_as_the_next_version_with_the_same_body() -> None:
    before = parse_prompt(HEAD + BODY, "words.md", "built in")

    after = parse_prompt(as_override(HEAD + BODY), "words.md", "own")

    assert after.prompt.version == 3
    assert after.changes == ()
    assert after.body_digest == before.body_digest
