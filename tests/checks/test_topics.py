"""What a topic's new name leaves behind, judged on the maps of the states."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.topics import stopped_at_once, topic_findings
from copilot.domain.alternative import Alternative, Phase, Step, TextEdit
from copilot.domain.mention import Mention
from copilot.domain.operation import ChangeRequest, RenameTopic
from copilot.domain.patch import Patch
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.source import Span
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.planners.builders import COMMIT, link, pipeline

OLD, NEW = "orders", "orders.v2"
RENAME = RenameTopic("", OLD, NEW)


def state(writes: str, reads: str, *, bridge: bool = False) -> PipelineMap:
    links = [link("shop", writes, "produces", None), link("billing", reads, "consumes", None)]
    links += [link("bridge", OLD, "consumes", None), link("bridge", NEW, "produces", None)] if bridge else []
    return pipeline([], links)


def told(
    *states: PipelineMap, steps: tuple[Step, ...] = (), mentions: tuple[str, ...] = ()
) -> list[tuple[str, str, int]]:
    return [(it.rule, it.message, it.phase) for it in topic_findings(case(*states, steps=steps, mentions=mentions))]


def case(*states: PipelineMap, steps: tuple[Step, ...] = (), mentions: tuple[str, ...] = ()) -> Case:
    base = state(OLD, OLD)
    spans = [Span(path, int(line), int(line)) for path, line in (it.split(":") for it in mentions)]
    impact = replace(impact_of(RENAME, base), mentions=tuple(Mention(span, "") for span in spans))
    edit = TextEdit("compose.yaml", 1, OLD, NEW)
    phases = tuple(Phase(f"phase {number}", (edit,), steps) for number in range(len(states)))
    patches = tuple(Patch("try", number, COMMIT, (), "", "") for number in range(len(states)))
    request = ChangeRequest("", (RENAME,), COMMIT, "ada")
    return Case(request, base, (impact,), Alternative("try", "", "rules", "", phases, ""), patches, states)


def lost(found: list[tuple[str, str, int]]) -> list[str]:
    return [message for rule, message, _ in found if rule == "usage.topic-left"]


def test_what_is_not_read_of_the_old_topic_when_all_move_at_once_is_lost() -> None:
    (message,) = lost(told(state(NEW, NEW)))

    assert message.startswith("billing leaves orders")
    assert "nobody reads" in message


def test_nothing_is_lost_where_all_stop_and_drain_first() -> None:
    step = Step("stop", "cutover", ("billing", "shop"), ())

    assert lost(told(state(NEW, NEW), steps=(step,))) == []
    assert stopped_at_once(case(state(NEW, NEW), steps=(step,))) == 2


def test_readers_may_move_once_a_bridge_fills_the_new_topic() -> None:
    states = [state(OLD, OLD, bridge=True), state(OLD, NEW, bridge=True), state(NEW, NEW, bridge=True), state(NEW, NEW)]

    assert lost(told(*states)) == []


def test_a_reader_that_moves_before_anybody_writes_there_is_told() -> None:
    (message,) = lost(told(state(OLD, NEW)))

    assert "which nobody writes yet; shop still writes orders" in message


def test_a_reader_that_stays_behind_is_told() -> None:
    (message,) = lost(told(state(NEW, OLD)))

    assert "billing still reads orders" in message


def test_code_that_people_change_leaves_it_open() -> None:
    step = Step(
        "twice", "producers", ("shop",), (), ("services/shop/main.py:2  publish every record to orders.v2 as well",)
    )

    assert [rule for rule, _, _ in told(state(OLD, NEW), steps=(step,))][:1] == ["usage.topic-by-hand"]


def test_a_job_that_is_told_the_new_name_and_that_no_step_deploys_is_left() -> None:
    moved = [state(OLD, OLD, bridge=True), state(OLD, NEW, bridge=True)]
    other = Step("Deploy the producers", "producers", ("shop",), ())
    both = Step("Deploy both", "consumers", ("billing", "shop"), ())

    assert lost(told(*moved, steps=(other,))) == [
        'No step of phase 2 "phase 1" deploys billing, though it is told another name there.'
    ]
    assert lost(told(*moved, steps=(both,))) == []


def test_lines_that_still_hold_the_old_name_are_named() -> None:
    found = told(state(NEW, NEW), mentions=("compose.yaml:1", "grafana/lag.json:7"))

    assert [message for rule, message, _ in found if rule == "usage.topic-named"] == ["orders is still named here."]


def test_a_side_that_is_not_known_leaves_it_open() -> None:
    found = list(topic_findings(replace(case(state(NEW, NEW)), impacts=(_without_producers(),))))

    assert any(it.rule == "usage.topic-unknown" for it in found)


def _without_producers() -> Impact:
    return replace(impact_of(RENAME, state(OLD, OLD)), producers=())


def test_what_reading_still_sees_on_the_old_topic_in_the_end_leaves_it_open() -> None:
    found = told(state(OLD, OLD))

    assert [message for rule, message, _ in found if rule == "usage.topic-by-hand"] == [
        "billing is still on orders after the last phase, as far as reading can tell: people move it.",
        "shop is still on orders after the last phase, as far as reading can tell: people move it.",
    ]


def test_a_job_that_ends_on_a_third_topic_is_told() -> None:
    (reader,) = lost(told(state(NEW, f"{NEW}-x"), steps=(Step("Cut over", "cutover", ("billing", "shop"), ()),)))

    assert reader == f'billing reads {NEW}-x after phase 1 "phase 0", where {NEW} was asked for.'


def test_a_line_that_names_what_nobody_asked_for_is_told() -> None:
    strayed = replace(case(state(OLD, OLD)))
    phase = replace(
        strayed.alternative.phases[0], edits=(TextEdit("compose.yaml", 1, f"{OLD} audit", f"{NEW}-x audit"),)
    )
    alternative = replace(strayed.alternative, phases=(phase,))

    found = lost([(it.rule, it.message, it.phase) for it in topic_findings(replace(strayed, alternative=alternative))])

    assert found == [f"compose.yaml:1 names {NEW}-x after the edit, which nobody asked for."]
