"""Whether a new topic is in the lists from which topics are created."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.topic_lists import list_findings
from copilot.domain.alternative import Alternative, Phase, Step
from copilot.domain.operation import ChangeRequest, RenameTopic
from copilot.domain.patch import Patch
from copilot.domain.pipeline import Deployment, PipelineMap
from copilot.domain.source import Span
from copilot.ports import Case
from tests.planners.builders import COMMIT, link, pipeline


def state(topic: str, listed: str) -> PipelineMap:
    links = [link("shop", topic, "produces", None), link("billing", "invoices", "produces", None)]
    listing = Deployment("topics", "topics", (("TOPICS", listed),), Span("compose.yaml", 3, 5))
    return replace(pipeline([], links), deployments=(listing,))


def told(*states: PipelineMap, manual: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    steps = (Step("Create it", "schema", (), (), manual),)
    phases = tuple(Phase(f"phase {number}", (), steps) for number in range(len(states)))
    patches = tuple(Patch("try", number, COMMIT, (), "", "") for number in range(len(states)))
    request = ChangeRequest("", (RenameTopic("", "orders", "orders.v2"),), COMMIT, "ada")
    base = state("orders", "orders invoices")
    case = Case(request, base, (), Alternative("try", "", "rules", "", phases, ""), patches, states)
    return [(it.message, it.phase) for it in list_findings(case)]


def test_a_topic_that_is_listed_before_a_job_is_on_it_needs_nothing() -> None:
    assert told(state("orders", "orders,orders.v2,invoices"), state("orders.v2", "orders.v2, invoices")) == []


def test_a_topic_that_a_job_is_on_and_no_list_names_is_told() -> None:
    ((message, phase),) = told(state("orders", "orders invoices"), state("orders.v2", "orders invoices"))

    assert message.startswith("TOPICS of topics names the topics that are created, and not orders.v2, which shop is on")
    assert phase == 1


def test_a_list_that_people_change_is_theirs() -> None:
    assert told(state("orders.v2", "orders invoices"), manual=("compose.yaml:4  names orders",)) == []
    assert told(state("orders.v2", "orders invoices"), manual=("compose.yaml:9  stop the producers",)) != []
