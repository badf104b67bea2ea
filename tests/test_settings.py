"""What `copilot.toml` may say of clones and consumers, and what it is told where it says something else."""

from __future__ import annotations

import pytest

from copilot.domain.clones import Clone, Consumer
from copilot.domain.source import Span
from copilot.errors import WrongUsage
from copilot.settings import read_settings

CLONES = """
[owners]
billing = "who"

[clones.billing]
path = "../billing"
commit = "v1"
"""


def test_a_clone_is_read_with_the_line_of_its_heading() -> None:
    assert read_settings(CLONES).clones == (Clone("billing", "../billing", "v1", "", Span("copilot.toml", 5, 5)),)


def test_a_consumer_is_read_with_what_is_not_said_left_empty() -> None:
    found = read_settings(
        '[consumers]\nreports = { topic = "orders", schema = "./contracts/reports.avsc" }\n'
    ).consumers

    schema = "contracts/reports.avsc"
    assert found == (Consumer("reports", "", "orders", schema, "", "", Span("copilot.toml", 2, 2)),)


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("[clones.billing]\n", "needs a path", 1),
        ('[clones.billing]\npath = "/srv/billing"\n', "the same for everybody", 1),
        ('[clones.billing]\npath = "~/billing"\n', "the same for everybody", 1),
        ('\n[clones.external]\npath = "../x"\n', "can't be a name", 2),
        ('[clones."a:b"]\npath = "../x"\n', "can't be a name", 1),
        ('[clones.billing]\npath = "../x"\nbranch = "main"\n', 'no key "branch"', 1),
        ("[clones]\nbilling = 1\n", "must be a table of strings", 2),
        ('[consumers.reports]\nowner = "who"\n', "needs the subject or the topic", 1),
    ],
)
def test_what_can_not_be_understood_is_told_with_its_line(text: str, what: str, line: int) -> None:
    with pytest.raises(WrongUsage, match=what) as told:
        read_settings(text)

    assert told.value.where == f"copilot.toml:{line}"
    assert told.value.next
