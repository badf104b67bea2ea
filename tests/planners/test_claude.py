"""Alternatives by a scripted model: which are taken over, which are refused and why, and what the plan says where none come."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.domain.alternative import NewFile, Plan, Replacement, SchemaEdit
from copilot.domain.model import Exchange, ModelLimits, Reply, ToolResult
from copilot.domain.operation import AddField, ChangeRequest, Limits
from copilot.domain.precondition import AlwaysFilled, Kept, NoReader, OnlyWriter, Precondition, Unused
from copilot.errors import ModelFailed
from copilot.formats.avro import AvroFormat
from copilot.impact.fields import impact_of
from copilot.patches.compile import PatchCompiler
from copilot.planners.claude import ClaudePlanner
from copilot.planners.rules import RulesPlanner
from copilot.planners.talk import Talk
from copilot.strategies.catalogue import STRATEGIES
from tests.planners.builders import COMMIT, Files, shop
from tests.planners.scripted import PROMPTS, Script, called, said

SHOP = shop()
FILES = {**SHOP.files, ".env": "KEY=very-secret-key", "services/billing/config.py": "RATE = 7\nRATE_OLD = 7\n"}
ADD = AddField("order", "", "region", '["null","string"]', "null", True)
FIELD = {"name": "region", "type": ["null", "string"], "default": None}
SCHEMA: dict[str, Any] = {
    "edit": "schema", "path": "schemas/order.avsc", "action": "add_field", "record": "Order", "field": "region",
    "value": {**FIELD, "doc": "Where it was sold."},
}  # fmt: skip
BILL = "def bill(order):\n"
REPLACE = {"edit": "replace", "path": "services/billing/main.py", "before": BILL, "after": f"{BILL}    # by region\n"}
NEW = {"edit": "new_file", "path": "docs/region.md", "text": "Regions.\n"}
COMPILER = PatchCompiler({"avro": AvroFormat()})


def alternative(*edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    paths = sorted({it["path"] for it in edits})
    step = {"title": "Deploy it", "kind": "consumers", "jobs": ["billing"], "paths": paths}
    phase = {"name": "all", "edits": list(edits), "steps": [step], "gate": ""}
    return {"title": "Tell the region", "argument": "Wins where regions matter.", "phases": [phase], **more}


def planned(*replies: Any, limits: Limits | None = None) -> tuple[Plan, Script, list[Exchange]]:
    request = ChangeRequest("add a region to order", (ADD,), COMMIT, "Ada", limits=limits or Limits())
    impacts = (impact_of(ADD, SHOP.pipeline),)
    plan = RulesPlanner(STRATEGIES).plan(request, impacts, SHOP.pipeline)
    script = Script([it if isinstance(it, ModelFailed | Reply) else said(called(*it)) for it in replies])
    told: list[Exchange] = []
    talk = Talk(script, PROMPTS, ModelLimits(), told.append)
    planner = ClaudePlanner(request, impacts, SHOP.pipeline, Files(FILES))
    return planner.with_suggestions(plan, talk, COMPILER), script, told


def offered(*entries: dict[str, Any]) -> tuple[dict[str, Any], str]:
    return {"alternatives": list(entries)}, "alternatives"


def look(path: str, first: int, last: int) -> tuple[dict[str, Any], str]:
    return {"path": path, "first": first, "last": last}, "span"


NONE = offered()


def suggested(plan: Plan) -> list[Any]:
    return [it for it in plan.alternatives if it.origin == "claude"]


def repair_of(script: Script, at: int = 1) -> str:
    result = script.calls[at].messages[-1].blocks[0]
    assert isinstance(result, ToolResult)
    return result.text


def test_an_alternative_of_the_model_stands_after_those_of_the_rules() -> None:
    plan, _, told = planned(offered(alternative(SCHEMA, preconditions=["Every order has a region."])))

    (found,) = suggested(plan)
    assert plan.alternatives[0].id == "nothing"
    assert plan.alternatives[-1] is found
    assert found.id.startswith("claude-")
    assert (found.title, found.strategy, found.preconditions) == (
        "By a model: Tell the region",
        "suggested",
        ("Every order has a region.",),
    )
    assert isinstance(found.phases[0].edits[0], SchemaEdit)
    assert [it.purpose for it in told] == ["alternatives"]


def test_a_model_that_was_stopped_as_it_repeated_itself_keeps_its_alternative_and_the_plan_says_so() -> None:
    plan, _, _ = planned(said(called(*offered(alternative(SCHEMA))), stop="repetition"))

    assert len(suggested(plan)) == 1
    assert [it.reason for it in plan.not_offered if it.strategy == "model"] == [
        "The model said the same again and again, so it was stopped; what it had said before is kept."
    ]


def test_free_form_edits_of_text_that_was_shown_are_taken() -> None:
    plan, script, _ = planned(look("services/billing/main.py", 1, 4), offered(alternative(SCHEMA, REPLACE, NEW)))

    (found,) = suggested(plan)
    assert [type(it) for it in found.phases[0].edits] == [SchemaEdit, Replacement, NewFile]
    assert "def bill(order)" in repair_of(script)


def test_equal_content_has_an_equal_id() -> None:
    one, two = (suggested(planned(offered(alternative(SCHEMA, title=title)))[0])[0] for title in ("One", "Two"))

    assert one.id == two.id


def test_what_the_rules_offer_already_is_left_out_by_what_it_does() -> None:
    paths = ["schemas/order.avsc", "services/billing/schemas/order.avsc"]
    same = [{**SCHEMA, "path": path, "value": FIELD} for path in paths]
    plan, _, _ = planned(offered(alternative(*same, title="As everybody does")))

    assert suggested(plan) == []
    (reason,) = (it.reason for it in plan.not_offered if it.strategy == "By a model: As everybody does")
    assert reason.startswith("It would make the same patches as ")


def test_more_than_the_limit_are_left_out() -> None:
    room = len(planned(NONE)[0].alternatives) + 1
    two = offered(alternative(SCHEMA), alternative(SCHEMA, NEW, title="With a page"))
    plan, _, _ = planned(two, limits=Limits(alternatives=room))

    assert len(plan.alternatives) == room
    assert "By a model: With a page" in {it.strategy for it in plan.not_offered}


def test_no_room_is_said_and_nothing_is_asked() -> None:
    plan, script, _ = planned(limits=Limits(alternatives=2))

    assert script.calls == []
    assert any(it.strategy == "model" and "limit of 2" in it.reason for it in plan.not_offered)


def test_no_better_way_is_a_good_answer() -> None:
    plan, _, _ = planned(NONE)

    assert suggested(plan) == []
    assert not any(it.strategy == "model" for it in plan.not_offered)


def test_where_no_answer_comes_the_plan_of_the_rules_stays_and_says_why() -> None:
    plan, _, told = planned(ModelFailed("busy", "The server is overloaded."))

    assert suggested(plan) == []
    assert [it.reason for it in plan.not_offered if it.strategy == "model"] == ["The server is overloaded."]
    assert told[0].problem == "The server is overloaded."


def test_the_model_sees_the_ways_that_are_known_and_the_code_around_the_uses() -> None:
    _, script, _ = planned(NONE)

    text = str(script.calls[0].messages[0])
    assert "offered: Change nothing" in text
    assert '"op":"add_field"' in text
    assert [it[:16] for it in script.calls[0].system[1:2]] == ['<data name="map"']
    assert "very-secret-key" not in str(script.calls)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (alternative(SCHEMA, title=""), '"title" must be a text'),
        (alternative(SCHEMA, approve=True), 'no key "approve"'),
        ({**alternative(SCHEMA), "phases": []}, "has no phases"),
        (alternative({**SCHEMA, "path": "schemas/ordr.avsc"}), 'The nearest are "schemas/order.avsc"'),
        (alternative({**SCHEMA, "record": "Ordr"}), "declares"),
        (alternative({**SCHEMA, "action": "set_type", "field": "amont"}), 'The nearest are "amount"'),
        (alternative({**SCHEMA, "action": "drop"}), 'no action "drop"'),
        (alternative({**SCHEMA, "value": {"name": "amount", "type": "long"}}), "can't be made"),
        (alternative({**NEW, "path": "services/billing/main.py"}), "exists already"),
        (alternative({**NEW, "path": "../outside.md"}), "can't be made"),
        (alternative({**REPLACE, "before": "def bil(order):\n"}), "is not in services/billing/main.py"),
        (alternative({**REPLACE, "before": "order"}), "stands several times in services/billing/main.py: lines"),
        (alternative({**REPLACE, "path": "services/billing/config.py", "before": "RATE = 7"}), "was not shown to you"),
        (alternative({**REPLACE, "path": "schemas/order.avsc", "before": '"order_id"'}), 'edits of kind "schema"'),
        (alternative({**REPLACE, "path": "nowhere.py"}), "can't be edited"),
        ({**alternative(SCHEMA), "phases": [alternative(SCHEMA)["phases"][0] | {"gate": "Wait."}]}, "must be empty"),
        ({**alternative(SCHEMA), "phases": alternative(SCHEMA)["phases"] * 2}, "needs a gate"),
        (
            {**alternative(SCHEMA), "phases": [alternative(SCHEMA)["phases"][0] | {"steps": []}]},
            "needs edits and steps",
        ),
    ],
)
def test_what_is_not_well_made_is_told_to_the_model_with_where(entry: dict[str, Any], says: str) -> None:
    plan, script, _ = planned(offered(entry), NONE)

    assert says in repair_of(script)
    assert suggested(plan) == []


def test_one_way_that_is_never_put_right_does_not_cost_the_others() -> None:
    good, bad = alternative(SCHEMA, title="Well made"), alternative({**SCHEMA, "path": "nowhere.avsc"}, title="Never")
    worse = [alternative({**SCHEMA, "path": f"nowhere{at}.avsc"}, title="Never") for at in range(2)]
    plan, script, _ = planned(offered(good, bad), *(offered(good, it) for it in worse))

    assert [it.title for it in suggested(plan)] == ["By a model: Well made"]
    assert len(script.calls) == 3
    (reason,) = (it.reason for it in plan.not_offered if it.strategy == "model")
    assert "alternatives 2" in reason
    assert reason.endswith(" What was well made of its answer is kept.")


def test_a_repair_that_fails_does_not_cost_what_was_well_made_before() -> None:
    good, bad = alternative(SCHEMA, title="Well made"), alternative({**SCHEMA, "path": "nowhere.avsc"}, title="Never")
    plan, _, _ = planned(offered(bad, good), ModelFailed("busy", "The server is overloaded."))

    assert [it.title for it in suggested(plan)] == ["By a model: Well made"]
    (reason,) = (it.reason for it in plan.not_offered if it.strategy == "model")
    assert reason == "The server is overloaded. What was well made of its answer is kept."


def test_a_way_that_the_model_takes_back_is_not_kept() -> None:
    good, bad = alternative(SCHEMA, title="Taken back"), alternative({**SCHEMA, "path": "nowhere.avsc"})
    plan, _, _ = planned(offered(good, bad), NONE)

    assert suggested(plan) == []


def test_a_step_for_a_job_that_is_none_is_refused_with_the_nearest() -> None:
    entry = alternative(SCHEMA)
    entry["phases"][0]["steps"][0]["jobs"] = ["biling"]
    _, script, _ = planned(offered(entry), NONE)

    assert 'there is no job "biling". The nearest are "billing"' in repair_of(script)


def test_a_file_that_no_step_carries_is_told() -> None:
    entry = alternative(SCHEMA, NEW)
    entry["phases"][0]["steps"][0]["paths"] = ["schemas/order.avsc"]
    _, script, _ = planned(offered(entry), NONE)

    assert "no step carries docs/region.md" in repair_of(script)


def test_a_look_may_mend_an_edit_of_text_that_was_not_shown() -> None:
    edit = {**REPLACE, "path": "services/billing/config.py", "before": "RATE = 7", "after": "RATE = 8"}
    seen = look("services/billing/config.py", 1, 2)
    plan, script, _ = planned(offered(alternative(edit)), seen, offered(alternative(edit)))

    assert len(suggested(plan)) == 1
    assert [call.forced for call in script.calls] == ["", "", ""]


@pytest.mark.parametrize("path", [".github/workflows/leak.yml", "tests/conftest.py", "json.py", "prompts/critic.md"])
def test_a_way_that_writes_where_no_text_of_a_model_may_go_is_not_offered(path: str) -> None:
    plan, _, _ = planned(offered(alternative(SCHEMA, {**NEW, "path": path}), alternative(SCHEMA, NEW)))

    assert len(suggested(plan)) == 1
    reason = next(it.reason for it in plan.not_offered if it.strategy == "By a model: Tell the region")
    assert reason.startswith(f"It would write into {path}, which ")


def test_a_way_that_writes_what_nobody_can_see_is_not_offered() -> None:
    plan, _, _ = planned(offered(alternative(SCHEMA, {**NEW, "text": "if admin:\u202e pass\n"})))

    assert suggested(plan) == []
    assert "It would write \\u202e into docs/region.md, which nobody can see." in {it.reason for it in plan.not_offered}


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ({"kind": "no_reader", "subject": "order", "field": "amount"}, NoReader("order", "amount")),
        ({"kind": "no_reader", "subject": "order"}, NoReader("order")),
        (
            {"kind": "unused", "subject": "order", "field": "note", "since": "2026-01-31"},
            Unused("order", "note", "2026-01-31"),
        ),
        ({"kind": "only_writer", "subject": "order", "job": "orders"}, OnlyWriter("order", "orders")),
        ({"kind": "always_filled", "subject": "order", "field": "note"}, AlwaysFilled("order", "note")),
        ({"kind": "kept_at_most", "topic": "orders.paid", "days": 7}, Kept("orders.paid", "at most", 7.0)),
    ],
)
def test_a_claim_in_a_form_that_the_map_can_bear_out_is_kept_as_one(claim: dict[str, Any], found: Precondition) -> None:
    plan, _, _ = planned(
        offered(alternative(SCHEMA, preconditions=[claim, {"kind": "other", "words": "It is quiet."}]))
    )

    (kept,) = suggested(plan)
    assert (kept.testable, kept.preconditions) == ((found,), ("It is quiet.",))


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ({"kind": "no_reader", "subject": "orders"}, 'the map has no subject "orders". The nearest are'),
        ({"kind": "always_filled", "subject": "order", "field": "nota"}, 'no field "nota"'),
        ({"kind": "only_writer", "subject": "order", "job": "XCANARYX"}, 'no job "XCANARYX"'),
        ({"kind": "kept_at_least", "topic": "orders.paid", "days": True}, "days is a number"),
        ({"kind": "unused", "subject": "order", "field": "note", "since": "always"}, "since is a day"),
        ({"kind": "nobody"}, 'kind is "no_reader"'),
        ({"kind": "other"}, "must be a text"),
        (7, 'kind is "no_reader"'),
    ],
)
def test_a_claim_about_what_is_not_in_the_map_goes_back(claim: Any, told: str) -> None:
    _, script, _ = planned(offered(alternative(SCHEMA, preconditions=[claim])), NONE)

    assert told in repair_of(script)
