"""What `copilot.toml` may say of clones, consumers and topics, and what it is told where it says something else."""

from __future__ import annotations

import pytest

from copilot.domain.clones import Clone, Consumer
from copilot.domain.samples import SampleFiles
from copilot.domain.sinks import Sink
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


def test_files_of_samples_are_read_by_subject() -> None:
    found = read_settings('[samples]\norder = ["a.json", "./b/*.ndjson"]\n').samples

    span = Span("copilot.toml", 2, 2)
    assert found == (SampleFiles("order", "a.json", span), SampleFiles("order", "b/*.ndjson", span))


def test_a_key_is_told_by_its_own_line_though_other_tables_hold_the_word_before() -> None:
    settings = read_settings(
        '[consumers.reports]\nsubject = "order"\n\n[samples]\n"order" = "a.json"\n\n'
        '[owners]\norder = "who"\n\n[ compatibility ]\norder = "FULL"\n'
    )

    assert settings.samples[0].span == Span("copilot.toml", 5, 5)
    assert settings.owners[0].span == Span("copilot.toml", 8, 8)
    assert settings.level_of("order") == ("FULL", "copilot.toml:11")


def test_a_sink_is_read_with_its_loader() -> None:
    found = read_settings('[sinks.raw]\nloader = "delta"\ntopic = "orders"\nowner = "dw"\n').sinks

    assert found == (Sink("raw", "delta", "", "orders", "dw", Span("copilot.toml", 1, 1)),)


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ('[sinks.raw]\ntopic = "orders"\n', "needs a loader", 1),
        ('[sinks.raw]\nloader = "redshift"\ntopic = "orders"\n', "needs a loader", 1),
        ('[sinks.raw]\nloader = "delta"\n', "needs the subject or the topic", 1),
        ("[clones.billing]\n", "needs a path", 1),
        ('[clones.billing]\npath = "/srv/billing"\n', "the same for everybody", 1),
        ('[clones.billing]\npath = "~/billing"\n', "the same for everybody", 1),
        ('\n[clones.external]\npath = "../x"\n', "can't be a name", 2),
        ('[clones."a:b"]\npath = "../x"\n', "can't be a name", 1),
        ('[clones.billing]\npath = "../x"\nbranch = "main"\n', 'no key "branch"', 1),
        ("[clones]\nbilling = 1\n", "must be a table of strings", 2),
        ('[consumers.reports]\nowner = "who"\n', "needs the subject or the topic", 1),
        ('[consumers.reports]\ntopic = "a"\nschema = "../a.avsc"\n', "lies outside of the repository", 3),
        ('[samples]\norder = "/var/orders.json"\n', "lies outside of the repository", 2),
        ('[samples]\norder = ["a/../../orders.json"]\n', "lies outside of the repository", 2),
        ('[commands]\ntests = "pytest"\n', 'no key "tests"', 2),
        ('[decisions]\npath = "docs"\n', 'no key "path"', 2),
        ("[owners]\nscorer = 3\n", "must be a string", 2),
        ('[objectives.fresh]\ntext = "soon"\nsubject = "order"\n', "may say what it is about", 1),
        ('[objectives.fresh]\ntext = "soon"\nabout = 3\n', "may say what it is about", 1),
    ],
)
def test_what_can_not_be_understood_is_told_with_its_line(text: str, what: str, line: int) -> None:
    with pytest.raises(WrongUsage, match=what) as told:
        read_settings(text)

    assert told.value.where == f"copilot.toml:{line}"
    assert told.value.next


TOPICS = """[topics."orders.v1"]
retention_days = 7

[topics.customers]
compacted = true

[topics.audit]
retention_days = "forever"
"""


def test_retention_is_read_with_its_line() -> None:
    found = {one.topic: (one.days, str(one.span)) for one in read_settings(TOPICS).retentions}

    assert found == {
        "orders.v1": (7, "copilot.toml:1"),
        "customers": (None, "copilot.toml:4"),
        "audit": (None, "copilot.toml:7"),
    }


@pytest.mark.parametrize("entry", ["retention_days = 0", 'retention_days = "a week"', "days = 7", "compacted = 1"])
def test_a_retention_that_is_not_understood_names_the_line_and_the_forms(entry: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        read_settings(f'[topics."orders.v1"]\n{entry}\n')

    assert "copilot.toml:" in str(refused.value.where)
    assert "retention_days = 7" in str(refused.value.next)


def test_a_gate_says_how_it_is_shown_to_hold_and_how_long_its_state_may_last() -> None:
    text = '[gates."move readers"]\ncommand = "./no_old_reads"\nholds = "mismatches = 0"\ndays = 14\n'

    gate = read_settings(text).gate_of("move readers")

    assert gate is not None
    assert (gate.command, gate.holds, gate.days) == ("./no_old_reads", ("mismatches = 0",), 14)
    assert str(gate.span) == "copilot.toml:1"
    assert read_settings(text).gate_of("expand") is None


@pytest.mark.parametrize("said", ["command = 1", "days = 0", 'days = "long"', "query = 1", "holds = 1"])
def test_a_gate_that_can_not_be_understood_is_told(said: str) -> None:
    with pytest.raises(WrongUsage) as told:
        read_settings(f"[gates.expand]\n{said}\n")

    assert told.value.next


def test_an_approval_rule_counts_people_for_all_for_high_stakes_and_for_subjects() -> None:
    text = '[approval]\npeople = 1\nhigh = 2\nsigners = "keys"\n[approval.subjects]\n"payment*" = 3\n'

    rule = read_settings(text).approval

    assert (rule.people, rule.high, rule.subjects, rule.signers) == (1, 2, (("payment*", 3),), "keys")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[approval]\npeople = 0\n", 2),
        ("[approval]\npeople = true\n", 2),
        ("[approval]\nhigh = 2\npeople = 'two'\n", 3),
        ("[approval]\nhigh = 11\n", 2),
        ("[approval]\npersons = 2\n", 2),
        ("[approval]\nsubjects = 2\n", 2),
        ("[approval]\nsigners = 2\n", 2),
        ("[approval]\nsigners = '../keys'\n", 2),
        ("[owners]\nx = 'y'\n[approval.subjects]\norder = 2.5\n", 4),
    ],
)
def test_an_approval_rule_that_is_not_understood_names_its_line(text: str, line: int) -> None:
    with pytest.raises(WrongUsage) as caught:
        read_settings(text)
    assert caught.value.where == f"copilot.toml:{line}"
    assert caught.value.next


def test_a_repository_that_names_a_model_or_its_server_is_told_that_it_is_ignored() -> None:
    text = '[compatibility]\norder = "FULL"\n\n[model]\nuse = true\nbase_url = "https://elsewhere.example"\n'

    settings = read_settings(text)

    assert [str(gap.span) for gap in settings.ignored] == ["copilot.toml:4"]
    assert settings.ignored[0].reason.startswith("[model] is ignored")
    assert settings.level_of("order") == ("FULL", "copilot.toml:2")
