"""A tag that does not go where its value goes is an open question, told with the job and the line."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.tagging import tag_findings
from copilot.domain.alternative import Alternative, Phase
from copilot.domain.operation import ChangeRequest, TagField
from copilot.domain.pipeline import PipelineMap
from copilot.domain.tags import carriers_of
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.planners.builders import COMMIT, link, pipeline, subject, uses_in

HANDED_ON = """
def bill(order):
    return {
        «writes/literal/@invoice.who:"who"»: order[«passes/subscript/email:"email"»],
        «writes/literal/@invoice.length:"length"»: len(order[«computes/subscript/email:"email"»]),
    }
"""
PRINTED = """
def show(order):
    print(order[«reads/subscript/email:"email"»])
"""
OPERATION = TagField("order", "", "email", "PII")


def record(name: str, *fields: str, tag: str = "") -> dict[str, object]:
    own = {"tags": [tag]} if tag else {}
    return {"type": "record", "name": name, "fields": [{"name": it, "type": "string", **own} for it in fields]}


def shop(code: str, derived: tuple[str, ...], *, tag: str = "", last: tuple[str, ...] = ("id",)) -> PipelineMap:
    order = subject("order", "schemas/order.avsc", record("Order", "id", "email"))
    invoice = subject("invoice", "schemas/invoice.avsc", record("Invoice", *derived, tag=tag))
    ledger = subject("ledger", "schemas/ledger.avsc", record("Ledger", *last))
    links = [
        link("billing", "orders", "consumes", "order"),
        link("billing", "invoices", "produces", "invoice"),
        link("books", "invoices", "consumes", "invoice"),
        link("books", "ledger", "produces", "ledger"),
    ]
    return pipeline([invoice, ledger, order], links, uses_in("services/billing/main.py", code, "billing", "order")[1])


def carried(map: PipelineMap) -> list[tuple[str, str, str]]:
    return [(it.subject, it.field.path, it.certainty) for it in carriers_of("order", "email", map)]


def told(after: PipelineMap) -> list[str]:
    base = shop(HANDED_ON, ("who", "length"))
    impact = impact_of(OPERATION, base)
    alternative = Alternative("try", "", "rules", "", (Phase("tagged", (), ()),), "")
    request = ChangeRequest("", (OPERATION,), COMMIT, "ada")
    return [it.message for it in tag_findings(Case(request, base, (impact,), alternative, (), (after,)))]


def test_a_value_that_is_handed_on_under_another_name_carries_its_tag() -> None:
    assert carried(shop(HANDED_ON, ("who", "length"))) == [("invoice", "who", "certain")]


def test_a_field_of_the_same_name_and_type_one_job_on_likely_holds_the_value() -> None:
    assert carried(shop(PRINTED, ("email",))) == [("invoice", "email", "likely")]


def test_a_value_is_followed_over_several_jobs() -> None:
    assert carried(shop(PRINTED, ("email",), last=("email",))) == [
        ("invoice", "email", "likely"),
        ("ledger", "email", "likely"),
    ]


def test_a_record_that_repeats_the_field_inside_likely_holds_the_value_twice() -> None:
    inner = {"type": "record", "name": "Line", "fields": [{"name": "email", "type": "string"}]}
    lines = {"name": "lines", "type": {"type": "array", "items": inner}}
    order = record("Order", "email")
    twice = subject("order", "order.avsc", {**order, "fields": [{"name": "email", "type": "string"}, lines]})

    assert carried(pipeline([twice])) == [("order", "lines[].email", "likely")]


def test_a_schema_that_carries_the_value_without_the_tag_is_told_with_its_job() -> None:
    (message,) = told(shop(HANDED_ON, ("who", "length")))

    assert message == "billing hands on the value of email: who of invoice has it too, without the tag PII."


def test_nothing_is_told_where_the_tag_went_along() -> None:
    assert told(shop(HANDED_ON, ("who", "length"), tag="PII")) == []


def test_a_second_text_of_the_derived_schema_needs_the_tag_as_well() -> None:
    def with_twin(tag: str, drawn: PipelineMap) -> PipelineMap:
        twin = subject("billing/invoice", "services/billing/invoice.avsc", record("Invoice", "who", tag=tag))
        link_of_twin = link("billing", "invoices", "produces", "billing/invoice")
        return replace(drawn, subjects=(*drawn.subjects, twin), links=(*drawn.links, link_of_twin))

    base = with_twin("", shop(HANDED_ON, ("who", "length")))
    tagged = shop(HANDED_ON, ("who", "length"), tag="PII")
    alternative = Alternative("try", "", "rules", "", (Phase("tagged", (), ()),), "")
    request = ChangeRequest("", (OPERATION,), COMMIT, "ada")

    def left(state: PipelineMap) -> list[str]:
        case = Case(request, base, (impact_of(OPERATION, base),), alternative, (), (state,))
        return [it.subject for it in tag_findings(case)]

    assert left(with_twin("PII", tagged)) == []
    assert left(with_twin("", tagged)) == ["billing/invoice"]
