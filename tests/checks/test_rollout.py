"""Which orders of deploys keep every reader reading, on a small pipeline: the order, its gates, and the story that breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from copilot.checks import rollout_states
from copilot.checks.rollout import RolloutCheck
from copilot.domain.alternative import Step
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeType,
    MakeOptional,
    MakeRequired,
    RemoveField,
    RenameField,
)
from copilot.domain.pipeline import Decoder, PipelineMap, Retention
from copilot.domain.schema import SchemaSource
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import FASTAVRO, SCORER_PATH, Fields, bench, case, field, use
from tests.checks.test_wires import wired

ID = field("id", "string")
AMOUNT = field("amount", "long")
NOTE = field("note", "string", default="")
RENAMED = [ID, field("total", "long", aliases=["amount"])]
RENAME = RenameField("order", "", "amount", "total")
ADD = AddField("order", "", "note", '"string"', '""')
OWN = Decoder("fastavro", "own")
PRODUCERS = Step("Deploy the producers", "producers", ("shop",), ())
CONSUMERS = Step("Deploy the consumers", "consumers", ("scorer",), ())
AT_ONCE = Step("Cut over", "cutover", ("scorer", "shop"), ())


def run(it: Case) -> Evidence:
    return RolloutCheck().run(it, bench())


def found(evidence: Evidence, rule: str) -> list[Finding]:
    return [it for it in evidence.findings if it.rule == rule]


@pytest.mark.parametrize(
    ("order", "verdict"),
    [((PRODUCERS, CONSUMERS), "fail"), ((CONSUMERS, PRODUCERS), "pass"), ((), "unknown")],
)
def test_the_order_of_the_steps_decides_what_old_readers_must_stand(order: tuple[Step, ...], verdict: str) -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[order], reader=OWN))

    assert evidence.verdict == verdict
    assert found(evidence, "rollout.order")[0].message == (
        'Safe in phase 1 "state 0": scorer before shop, by rolling deploys.'
    )


def test_a_plan_that_stops_jobs_is_told_as_such_and_beside_it_that_an_order_would_do() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(AT_ONCE,)], reader=OWN))

    assert evidence.verdict == "pass"
    assert found(evidence, "rollout.order")[0].message == (
        'As planned, scorer and shop stop, drain and start at once in phase 1 "state 0", which is safe.'
        " It can also be done without a stop: scorer before shop, by rolling deploys."
    )
    assert [it.message for it in found(evidence, "rollout.gate")] == [
        'Before scorer and shop start again in phase 1 "state 0": all of them have stopped, and what was written before is read to'
        " the end."
    ]


def test_the_shortest_story_says_who_before_whom_and_what_happens_where() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(PRODUCERS, CONSUMERS)], reader=OWN))

    broken = found(evidence, "rollout.breaks")[0]
    assert broken.severity == "error"
    assert broken.message.startswith(
        'Deploy shop before scorer: scorer, still of version 1, reads what shop writes in phase 1 "state 0":'
        " fastavro says No default value for field amount"
    )
    assert "at scorer/main.py:1" in broken.message
    assert broken.fix.startswith('Safe in phase 1 "state 0": scorer before shop')


def test_code_that_takes_records_as_written_meets_a_key_error_at_its_line() -> None:
    renamed = [ID, field("total", "long")]
    after = [[use("total", line=41)]]
    it = case(
        RENAME,
        [[ID, AMOUNT]],
        [renamed],
        uses=[use("amount", line=41)],
        uses_after=after,
        code={"scorer/main.py": ["new\n"]},
        base_code={"scorer/main.py": "\n" * 40 + "old\n"},
        steps=[(PRODUCERS, CONSUMERS)],
    )

    evidence = run(it)

    assert evidence.verdict == "fail"
    assert 'KeyError for "amount" at scorer/main.py:41' in found(evidence, "rollout.breaks")[0].message
    assert "have to stop, drain and start at once" in found(evidence, "rollout.order")[0].message


def test_a_read_that_falls_back_on_the_other_name_has_no_order() -> None:
    both = [ID, AMOUNT, field("total", "long", default=0)]
    uses = [use("amount", line=3)]
    it = case(
        RENAME,
        [[ID, AMOUNT]],
        [both, both],
        uses=uses,
        uses_after=[uses, [use("amount", line=3), use("total", line=3)]],
        steps=[(PRODUCERS,), (CONSUMERS,)],
    )

    evidence = run(it)

    assert evidence.verdict == "pass"
    assert evidence.measure("coordinated_deploys") == 0


def test_another_field_on_the_same_line_stands_in_for_nothing() -> None:
    uses = [use("amount", line=3), use("id", line=3)]
    moved = [use("total", line=3), use("id", line=3)]

    evidence = run(
        case(RENAME, [[ID, AMOUNT]], [RENAMED], uses=uses, uses_after=[moved], steps=[(PRODUCERS, CONSUMERS)])
    )

    assert evidence.verdict == "fail"
    assert 'KeyError for "amount" at scorer/main.py:3' in found(evidence, "rollout.breaks")[0].message


def test_a_null_that_old_code_computes_with_breaks_it() -> None:
    optional = [ID, field("amount", ["null", "long"], default=None)]
    it = case(
        MakeOptional("order", "", "amount"),
        [[ID, AMOUNT]],
        [optional],
        uses=[use("amount", "computes", line=7)],
        steps=[(PRODUCERS, CONSUMERS)],
    )

    evidence = run(it)

    assert 'TypeError where "amount" is null at scorer/main.py:7' in found(evidence, "rollout.breaks")[0].message


def test_a_null_that_old_code_asks_for_breaks_nothing() -> None:
    optional = [ID, field("amount", ["null", "long"], default=None)]
    it = case(
        MakeOptional("order", "", "amount"),
        [[ID, AMOUNT]],
        [optional],
        uses=[use("amount", "computes", line=2)],
        steps=[(PRODUCERS, CONSUMERS)],
    )
    guarded = 'def bill(order):\n    return order["amount"] * 2 if order["amount"] is not None else 0\n'

    evidence = RolloutCheck().run(it, bench({SCORER_PATH: guarded}))

    assert not found(evidence, "rollout.breaks")


def test_a_reader_that_can_no_longer_take_old_data_waits_until_it_is_read_to_the_end() -> None:
    optional = [ID, field("amount", ["null", "long"], default=None)]
    kept = [Retention("orders", 7, Span("copilot.toml", 4, 4))]

    def tried(*steps: Step) -> Evidence:
        required = MakeRequired("order", "", "amount")
        return run(case(required, [optional], [[ID, AMOUNT]], steps=[steps], reader=OWN, retentions=kept))

    waits, hurries = tried(PRODUCERS, CONSUMERS), tried(CONSUMERS, PRODUCERS)

    assert (waits.verdict, hurries.verdict) == ("pass", "fail")
    gate = found(waits, "rollout.gate")[0].message
    assert "every instance of shop runs its new version, and scorer has read to the end what the old ones wrote" in gate
    assert "orders keeps such records for 7 days" in gate
    assert waits.measure("coordinated_deploys") == 2


def test_what_new_data_is_stored_decides_whether_the_phase_can_be_taken_back() -> None:
    one_way = run(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(CONSUMERS, PRODUCERS)], reader=OWN))
    added = run(case(ADD, [[ID, AMOUNT]], [[ID, AMOUNT, NOTE]], steps=[(PRODUCERS, CONSUMERS)], reader=OWN))

    told = found(one_way, "rollout.one-way")[0].message
    assert told.startswith('Once shop has written in phase 1 "state 0", scorer can\'t be taken back')
    assert told.endswith("How long orders keeps such records is not known. The deploy of shop can.")
    assert (one_way.measure("one_way_phases"), added.measure("one_way_phases")) == (1, 0)
    assert "can be taken back in the opposite order" in found(added, "rollout.back")[0].message


def test_a_field_with_a_default_may_go_out_in_any_order() -> None:
    evidence = run(case(ADD, [[ID, AMOUNT]], [[ID, AMOUNT, NOTE]], steps=[(PRODUCERS, CONSUMERS)], reader=OWN))

    assert evidence.verdict == "pass"
    assert evidence.measure("coordinated_deploys") == 0
    assert found(evidence, "rollout.order")[0].message == (
        'Safe in phase 1 "state 0": any order of scorer and shop, by rolling deploys.'
    )


def single(after: Fields, *steps: Step, change: ChangeType | AddField = ADD) -> Evidence:
    """The consumer takes its own schema for the writer's, and moves along."""
    return run(wired(case(change, [[ID, AMOUNT]], [after], steps=[steps]), "single", [ID, AMOUNT], [after]))


def test_a_single_schema_reads_a_longer_record_in_one_order_only() -> None:
    after = [ID, AMOUNT, NOTE]

    broken, held = single(after, CONSUMERS, PRODUCERS), single(after, PRODUCERS, CONSUMERS)

    assert (broken.verdict, held.verdict) == ("fail", "pass")
    assert "Deploy scorer before shop" in found(broken, "rollout.breaks")[0].message
    assert found(held, "rollout.story")[0].severity == "note"


def test_a_cut_over_holds_where_no_order_does_and_the_story_shows_why_it_is_needed() -> None:
    after = [ID, field("amount", "double")]
    change = ChangeType("order", "", "amount", '"double"')

    at_once, in_turn = single(after, AT_ONCE, change=change), single(after, PRODUCERS, CONSUMERS, change=change)

    assert (at_once.verdict, in_turn.verdict) == ("pass", "fail")
    assert "scorer and shop have to stop, drain and start at once" in found(at_once, "rollout.order")[0].message
    assert found(at_once, "rollout.story")[0].severity == "warning"


def test_a_symbol_that_old_readers_take_for_another_goes_out_behind_them() -> None:
    def state(*symbols: str) -> list[dict[str, object]]:
        kind = {"type": "enum", "name": "State", "symbols": list(symbols), "default": "NEW"}
        return [ID, field("state", kind)]

    def tried(steps: Sequence[Step]) -> Evidence:
        add = AddSymbol("order", "", "state", "HELD")
        uses = [use("state")]
        return run(case(add, [state("NEW")], [state("NEW", "HELD")], uses=uses, steps=[tuple(steps)], reader=OWN))

    assert tried((PRODUCERS, CONSUMERS)).verdict == "fail"
    assert tried((CONSUMERS, PRODUCERS)).verdict == "pass"


@pytest.mark.parametrize(
    ("reader", "line", "breaks"),
    [
        (OWN, 'RATES[order["state"]]', '"state" is UNKNOWN, and the code looks it up in RATES, which lacks UNKNOWN'),
        (OWN, 'RATES.get(order["state"])', ""),
        (FASTAVRO, 'RATES[order["state"]]', '"state" is HELD, and the code looks it up in RATES, which lacks HELD'),
        (FASTAVRO, 'RATES.get(order["state"])', ""),
    ],
)
def test_code_that_stops_at_a_symbol_or_at_what_stands_for_it_goes_out_before_the_producers(
    reader: Decoder, line: str, breaks: str
) -> None:
    def state(*symbols: str) -> list[dict[str, object]]:
        kind = {"type": "enum", "name": "State", "symbols": list(symbols), "default": "UNKNOWN"}
        return [ID, field("state", kind)]

    add = AddSymbol("order", "", "state", "HELD")
    before, after = state("NEW", "UNKNOWN"), state("NEW", "UNKNOWN", "HELD")
    it = case(add, [before], [after], uses=[use("state", line=2)], steps=[(PRODUCERS, CONSUMERS)], reader=reader)

    evidence = RolloutCheck().run(it, bench({"scorer/main.py": f'RATES = {{"NEW": 1}}\n{line}\n'}))

    assert [finding.message.partition(": ")[2] for finding in found(evidence, "rollout.breaks")] == (
        [f'scorer, still of version 1, reads what shop writes in phase 1 "state 0": {breaks} at scorer/main.py:2.']
        if breaks
        else []
    )
    assert evidence.verdict == ("fail" if breaks else "pass")


def test_a_value_that_no_code_of_the_reader_uses_ties_nobody() -> None:
    before = [ID, field("amount", "long", default=0)]
    after = [ID, field("amount", "string", default="")]
    change = ChangeType("order", "", "id", '"string"')

    evidence = run(case(change, [before], [after], uses=[use("id")], steps=[(PRODUCERS, CONSUMERS)], reader=OWN))

    assert evidence.verdict == "fail", "a record that is refused is refused whatever the code uses"


@pytest.mark.parametrize(("order", "verdict"), [((PRODUCERS, CONSUMERS), "fail"), ((CONSUMERS, PRODUCERS), "pass")])
def test_a_default_that_code_takes_for_a_value_nobody_writes_goes_out_behind_the_readers(
    order: tuple[Step, ...], verdict: str
) -> None:
    uses = [use("amount", "compares", line=7)]
    given = [ID, field("amount", "long", default=0)]
    remove = RemoveField("order", "", "amount")

    evidence = run(case(remove, [given], [[ID]], uses=uses, uses_after=[[]], steps=[order], reader=OWN))

    assert evidence.verdict == verdict
    assert 'the default 0 stands for "amount", which nobody writes any more at scorer/main.py:7' in (
        found(evidence, "rollout.breaks" if verdict == "fail" else "rollout.story")[0].message
    )


def test_a_default_ties_nobody_whose_code_reads_the_successor_first_or_foresees_null() -> None:
    amount, total = field("amount", ["null", "long"], default=None), field("total", "long", default=0)
    both = [use("amount", line=7), use("total", line=7)]
    guarded = 'def bill(order):\n    return order["amount"] or 0\n'
    steps = (PRODUCERS, CONSUMERS)

    falls_back = case(
        RENAME,
        [[ID, amount]],
        [[ID, amount, total], [ID, total]],
        uses_after=[both, both],
        steps=[steps, steps],
        reader=OWN,
    )
    remove = RemoveField("order", "", "amount")
    asks = case(remove, [[ID, amount]], [[ID]], uses=[use("amount", line=2)], steps=[steps], reader=OWN)

    assert not found(run(falls_back), "rollout.breaks")
    assert not found(RolloutCheck().run(asks, bench({SCORER_PATH: guarded})), "rollout.breaks")


def test_an_unknown_way_of_decoding_leaves_the_answer_open() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(PRODUCERS, CONSUMERS)], reader=None))

    assert evidence.verdict == "unknown"
    assert "could not be read for certain" in found(evidence, "rollout.may-break")[0].message


def test_a_reader_whose_own_schema_can_not_be_read_leaves_the_answer_open() -> None:
    text = '{"type": "record", "name": "Order", "fields": [{"name": "at", "type": "elsewhere.Place"}]}'
    copy = SchemaSource("scorer/order.avsc", "d" * 64, "", "file", 0, len(text), Span("scorer/order.avsc", 1, 1))
    it = case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(PRODUCERS, CONSUMERS)], reader=OWN)

    def with_copy(state: PipelineMap) -> PipelineMap:
        return replace(state, subjects=tuple(replace(one, copies=(copy,)) for one in state.subjects))

    unread = replace(it, base=with_copy(it.base), states=tuple(map(with_copy, it.states)))

    evidence = RolloutCheck().run(unread, bench({copy.path: text}))

    assert evidence.verdict == "unknown"
    assert "schema of its own can't be read" in found(evidence, "rollout.may-break")[0].message


def test_a_reader_that_is_only_possible_leaves_the_answer_open_where_the_plan_forgets_it() -> None:
    def tried(*steps: Step) -> Evidence:
        it = case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[steps], reader=OWN)
        links = tuple(replace(link, certainty="possible") for link in it.base.links)
        return run(replace(it, base=replace(it.base, links=links)))

    assert tried(PRODUCERS, CONSUMERS).verdict == "unknown"
    assert tried(CONSUMERS, PRODUCERS).verdict == "pass"


def test_a_reader_that_does_not_move_with_its_writer_is_named() -> None:
    left = wired(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(PRODUCERS,)]), "own", [ID, AMOUNT], [[ID, AMOUNT]])

    evidence = run(left)

    assert evidence.verdict == "fail"
    assert "Deploy shop before scorer: scorer, still of version 1" in found(evidence, "rollout.breaks")[0].message
    assert "somebody who reads or writes the same does not move with it" in found(evidence, "rollout.order")[0].message


def test_what_was_misread_before_is_not_blamed_on_the_order() -> None:
    before = [ID, field("old", "string"), AMOUNT]
    it = wired(case(ADD, [[ID, AMOUNT]], [[ID, AMOUNT, NOTE]], steps=[(PRODUCERS,)]), "single", before, [before])

    assert run(it).verdict == "pass"


def test_equal_cases_give_equal_evidence_and_nothing_changed_is_not_applicable() -> None:
    it = case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(CONSUMERS, PRODUCERS)], reader=OWN)
    quiet = case(RENAME, [[ID, AMOUNT]], [])

    assert run(it) == run(it)
    assert run(replace(quiet, patches=())).verdict == "not-applicable"


@pytest.mark.parametrize(("days", "count"), [(7, 0), (None, 1)])
def test_what_is_kept_for_ever_is_lost_to_a_moved_reader_though_it_is_of_the_newest_version(
    days: float | None, count: int
) -> None:
    kept = [Retention("orders", days, Span("copilot.toml", 4, 4))]
    after = [ID, field("sum", "long", default=0)]

    it = case(RENAME, [[ID, AMOUNT]], [after], steps=[(CONSUMERS, PRODUCERS)], reader=OWN, retentions=kept)

    assert len(found(run(it), "rollout.stored")) == count


def test_what_a_moved_reader_can_not_read_again_of_the_history_is_told_with_how_long_it_lies_there() -> None:
    first, second = [ID, field("amount", "long")], [ID, field("amount", "long"), field("note", "string", default="")]
    optional = [ID, field("sum", "long", default=0), field("note", "string", default="")]
    kept = [Retention("orders", None, Span("copilot.toml", 4, 4))]
    aliased = [ID, field("total", "long", aliases=["amount"]), field("note", "string", default="")]

    def tried(last: Fields) -> Evidence:
        steps = [(CONSUMERS, PRODUCERS)]
        return run(case(RENAME, [first, second], [last], steps=steps, reader=OWN, retentions=kept))

    told = found(tried(optional), "rollout.stored")

    assert found(tried(aliased), "rollout.stored") == []
    assert [it.severity for it in told] == ["warning"]
    assert told[0].message.startswith(
        'Once scorer has moved in phase 1 "state 0", it can\'t read records of version 1 and version 2 again: fastavro gives'
    )
    assert told[0].message.endswith("orders keeps such records for ever.")


def test_where_the_exploration_stops_the_answer_is_open_and_says_at_which_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rollout_states, "STATES_MAX", 0)

    evidence = run(case(ADD, [[ID, AMOUNT]], [[ID, AMOUNT, NOTE]], steps=[(PRODUCERS, CONSUMERS)], reader=OWN))

    assert evidence.verdict == "unknown"
    assert "(STATES_MAX)" in found(evidence, "rollout.limit")[0].message
    assert found(evidence, "rollout.order") == []


def test_a_job_whose_places_are_left_to_a_person_goes_out_with_the_step_that_names_them() -> None:
    optional = [ID, field("amount", ["null", "long"], default=None)]
    by_hand = Step("Deploy the consumers", "consumers", (), (), ("scorer/main.py:7  make it work with None, by hand",))

    def tried(*steps: Step) -> Evidence:
        change, uses = MakeOptional("order", "", "amount"), [use("amount", "computes", line=7)]
        return run(case(change, [[ID, AMOUNT]], [optional], uses=uses, steps=[steps]))

    assert tried(by_hand, PRODUCERS).verdict == "pass"
    assert tried(PRODUCERS, by_hand).verdict == "fail"


def test_a_job_whose_files_change_and_that_no_step_deploys_is_left_out() -> None:
    moved = case(
        RENAME,
        [[ID, AMOUNT]],
        [RENAMED],
        steps=[(CONSUMERS,)],
        reader=OWN,
        code={"shop/main.py": ["new\n"]},
    )

    evidence = run(moved)

    left = found(evidence, "rollout.left-out")
    assert [it.severity for it in left] == ["error"]
    assert left[0].message == 'No step of phase 1 "state 0" deploys shop, though shop/main.py changes.'


def test_a_reader_whose_schema_has_another_shape_is_left_out_too_and_one_with_another_doc_is_not() -> None:
    documented = [ID, field("amount", "long", doc="In cents.")]

    reshaped = run(case(RENAME, [[ID, AMOUNT]], [RENAMED], steps=[(PRODUCERS,)], reader=OWN))
    told = run(case(RENAME, [[ID, AMOUNT]], [documented], steps=[(PRODUCERS,)], reader=OWN))

    assert "deploys scorer" in found(reshaped, "rollout.left-out")[0].message
    assert not found(told, "rollout.left-out")


def test_nobody_is_left_out_whose_folder_holds_a_schema_that_only_says_something_to_people() -> None:
    publish = Step("Publish the schema", "schema", (), ("shop/order.avsc",))
    longer = [ID, {**AMOUNT, "type": "string"}]

    def left(after: Fields) -> list[Finding]:
        return found(
            run(case(RENAME, [[ID, AMOUNT]], [after], steps=[(publish,)], schema_path="shop/order.avsc")),
            "rollout.left-out",
        )

    assert "deploys shop" in left(longer)[0].message
    assert left([ID, {**AMOUNT, "doc": "In cents.", "deprecated": True}]) == []


@pytest.mark.parametrize(
    ("place", "gates", "verdict"),
    [
        ("scorer/main.py:41", ["every reader has moved"], "unknown"),
        ("scorer/main.py:41", [], "fail"),
        ("scorer/main.py:12", ["every reader has moved"], "fail"),
    ],
)
def test_a_place_that_people_change_before_a_gate_leaves_the_later_phase_open(
    place: str, gates: list[str], verdict: str
) -> None:
    told = replace(CONSUMERS, manual=(f"{place}  uses `amount`: do without it",))
    marked = [ID, {**AMOUNT, "doc": "Deprecated."}]
    it = case(
        RemoveField("order", "", "amount"),
        [[ID, AMOUNT]],
        [marked, [ID]],
        uses=[use("amount", line=41)],
        steps=[(told,), (PRODUCERS,)],
        gates=gates,
    )

    evidence = run(it)

    assert evidence.verdict == verdict
    open_ones = [one.message for one in found(evidence, "rollout.may-break")]
    assert bool(open_ones) == (verdict == "unknown")
    assert all("unless a person has changed scorer/main.py:41 before" in message for message in open_ones)
