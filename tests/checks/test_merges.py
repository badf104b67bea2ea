"""What a merge of topics takes from readers: records they never met, keys that meet, names of subjects, and what is replayed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from copilot.checks.merges import CHANGED, KEYS_MEET, NAMING, REPLAYED, is_merged, merge_findings
from copilot.checks.splits import ORDER_LOST
from copilot.checks.topics import BY_HAND, LEFT
from copilot.domain.alternative import Alternative, NewFile, Phase, Step
from copilot.domain.evidence import Finding
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import Patch
from copilot.domain.pipeline import Decoder, PipelineMap, Retention
from copilot.domain.source import Span
from copilot.impact.fields import impact_of
from copilot.ports import Case
from copilot.strategies.merge_topics import ENVELOPE, UNION, merge_topics
from tests.checks.benches import bench_of
from tests.planners.builders import COMMIT, link, pipeline, uses_in
from tests.strategies.test_merge_topics import MERGE, shop

READS = 'def bill(order):\n    return order[«reads/subscript/total:"total"»]\n'


def moved(base: PipelineMap) -> PipelineMap:
    """The map after the last phase: all are on the one topic."""
    return replace(base, links=tuple(link(it.job, MERGE.to, it.direction, it.subject) for it in base.links))


def found(base: PipelineMap, *edits: Any, manual: tuple[str, ...] = ()) -> list[Finding]:
    step = Step("Deploy the consumers", "consumers", ("billing",), (), manual)
    alternative = Alternative("try", "", "rules", "", (Phase("merge", edits, (step,)),), "")
    request = ChangeRequest("", (MERGE,), COMMIT, "ada")
    patches = (Patch("try", 0, COMMIT, (), "", ""),)
    case = Case(request, base, (impact_of(MERGE, base),), alternative, patches, (moved(base),))
    return list(merge_findings(case, bench_of()))


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(it.rule, it.severity) for it in findings]


def test_a_reader_that_nobody_asks_stops_at_the_field_that_is_not_there() -> None:
    base = replace(shop(), uses=uses_in("services/billing/main.py", READS, "billing", "order")[1])

    left, *_ = found(base)

    assert (left.rule, left.severity, left.span) == (LEFT, "error", Span("services/billing/main.py", 2, 2))
    assert "it reads total, which shop.Payment has not, and stops there" in left.message


def test_a_reader_that_people_change_stays_an_open_question() -> None:
    findings = found(shop(), manual=("services/billing/main.py:2  billing: leave the rest out",))

    assert rules(findings)[:2] == [(BY_HAND, "warning"), (ORDER_LOST, "warning")]


def test_each_way_of_decoding_meets_another_record_in_its_own_way() -> None:
    def does(how: Any) -> str:
        return found(shop(decoder=Decoder("fastavro", how)))[0].message

    assert "reads its bytes as shop.Order, whatever they are" in does("single")
    assert "refuses it: The record is called shop.Order" in does("own")
    assert "takes it for shop.Order" in does("writer")


def test_a_registry_that_names_subjects_after_topics_is_told_to_refuse_the_second_kind() -> None:
    (naming,) = [it for it in found(shop()) if it.rule == NAMING]

    assert "sales.v1-value refuses shop.Payment after shop.Order" in naming.message


def test_equal_keys_of_compacted_topics_replace_each_other() -> None:
    kept = Retention("payments", None, Span("copilot.toml", 4, 4), True)

    assert (KEYS_MEET, "error") in rules(found(replace(shop(), retentions=(kept,))))


def test_records_come_back_from_the_union_and_from_the_envelope_as_they_were() -> None:
    base = shop()
    ways = [it for it in merge_topics(MERGE, impact_of(MERGE, base), base) if isinstance(it, Alternative)]

    assert [it.strategy for it in ways[1:3]] == [UNION, ENVELOPE]
    for way in ways[1:3]:
        files = [it for it in way.phases[0].edits if isinstance(it, NewFile)]
        told = [it for it in found(base, *files) if it.rule in (REPLAYED, CHANGED)]
        assert [it.rule for it in told] == [REPLAYED, REPLAYED]
        assert "8 generated records of orders" in told[0].message


def test_a_schema_that_loses_a_field_is_caught_by_the_replay() -> None:
    base = shop()
    text = '[{"type":"record","name":"shop.Order","fields":[]},{"type":"record","name":"shop.Payment","fields":[]}]'

    findings = found(base, NewFile("schemas/sales_v1.avsc", text))

    assert [it.rule for it in findings if it.rule in (REPLAYED, CHANGED)] == [CHANGED, CHANGED]


def test_topics_are_merged_once_nobody_is_on_an_old_one() -> None:
    assert is_merged(MERGE, moved(shop()))
    assert not is_merged(MERGE, shop())
    assert not is_merged(MERGE, pipeline([], [*moved(shop()).links, link("audit", "orders", "consumes", None)]))


def test_a_job_between_two_of_the_topics_reads_its_own_records() -> None:
    base = replace(shop(), links=(*shop().links, link("billing", "payments", "produces", "order")))

    assert any("reads its own records, again and again" in it.message for it in found(base))
    assert not any("reads its own records, again and again" in it.message for it in found(shop()))
