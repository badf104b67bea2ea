"""Who needs a value in clear, and where clear values stay."""

from __future__ import annotations

import json
from dataclasses import replace

from copilot.checks.protected import (
    CARRIED,
    HISTORY,
    KEYED,
    MAY_NEED,
    NEEDS_CLEAR,
    STAYS,
    is_protected,
    protection_findings,
    turned_in_place,
)
from copilot.domain.alternative import Alternative, CodeEdit, Edit, Gate, Phase, SchemaEdit
from copilot.domain.operation import ChangeRequest, ProtectField, Protection
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.checks.benches import bench_of
from tests.checks.cases import tree_of
from tests.planners.builders import COMMIT, link, pipeline, subject, uses_in

RECORD = {"type": "record", "name": "Order", "fields": [{"name": "email", "type": "string"}]}
WRITER = 'x = {«writes/literal/email:"email"»: v}\n'
KEYED_WRITER = WRITER + 'producer.produce(T, key=x[«keys/subscript/email:"email"»])\n'
READER = 'if order[«compares/subscript/email:"email"»] == "": pass\n'
PATH = "services/shop/main.py"


def shop(writer: str = WRITER) -> PipelineMap:
    links = [link("shop", "orders", "produces", "order"), link("billing", "orders", "consumes", "order")]
    read = uses_in("services/billing/main.py", READER, "billing", "order")[1]
    uses = (*uses_in(PATH, writer, "shop", "order")[1], *read)
    return pipeline([subject("order", "order.avsc", RECORD)], links, uses)


def wrapped(base: PipelineMap) -> CodeEdit:
    (use,) = (it for it in base.uses if it.mode == "writes")
    return CodeEdit(PATH, use.offset, "wrap_value", "email", "", "tokenised({})")


def case(*phases: tuple[Edit, ...], base: PipelineMap | None = None, how: Protection = "tokenise") -> Case:
    map = base or shop()
    operation = ProtectField("order", "", "email", how)
    named = tuple(Phase(f"phase {number}", edits, (), Gate("seen")) for number, edits in enumerate(phases))
    patches = tuple(Patch("try", number, COMMIT, (), "", "") for number in range(len(phases)))
    request = ChangeRequest("", (operation,), COMMIT, "ada")
    alternative = Alternative("try", "", "rules", "", named, "")
    return Case(request, map, (impact_of(operation, map),), alternative, patches, ())


def rules(it: Case, *emails: str) -> list[tuple[str, str]]:
    files = {"samples/orders.jsonl": "\n".join(json.dumps({"email": email}) for email in emails)} if emails else {}
    findings = list(protection_findings(it, bench_of(tree_of(files))))
    assert not any("@" in finding.message for finding in findings)
    return [(finding.rule, finding.severity) for finding in findings if finding.rule != HISTORY]


def is_done(it: Case) -> bool:
    (operation,) = it.request.operations
    assert isinstance(operation, ProtectField)
    return is_protected(operation, it.impacts[0], it)


def announced(base: PipelineMap) -> SchemaEdit:
    return SchemaEdit(base.subjects[0].latest.source, "set_property", "Order", "email", "doc", '"Soon a token."')


def test_a_reader_that_nobody_made_ready_is_an_error() -> None:
    assert rules(case((wrapped(shop()),))) == [(NEEDS_CLEAR, "error")]


def test_a_reader_that_people_make_ready_first_is_an_open_question_and_a_new_meaning() -> None:
    base = shop()
    asked = case((announced(base),), (announced(base), wrapped(base)))

    assert rules(asked) == [(MAY_NEED, "warning")]
    assert turned_in_place(asked) == 1


def test_where_no_reader_is_known_the_old_name_is_an_open_question_and_a_new_meaning() -> None:
    base = shop()
    alone = replace(base, links=tuple(it for it in base.links if it.direction == "produces"))
    asked = case((wrapped(base),), base=alone)

    assert rules(asked) == [(MAY_NEED, "warning")]
    assert turned_in_place(asked) == 1


def test_a_reader_that_was_moved_needs_no_clear_value() -> None:
    base = shop()
    (read,) = (it for it in base.uses if it.mode == "compares")
    moved = CodeEdit(read.span.path, read.offset, "read_either", "email", "email_token")
    asked = case((moved,), (moved, CodeEdit(PATH, wrapped(base).offset, "set_value", "email", "", "''")))

    assert rules(asked) == []
    assert turned_in_place(asked) == 0


def test_the_key_of_a_topic_turns_with_the_value_and_can_only_be_a_token() -> None:
    base = shop(KEYED_WRITER)

    assert (KEYED, "warning") in rules(case((wrapped(base),), base=base))
    assert (KEYED, "error") in rules(case((wrapped(base),), base=base, how="mask"))


def test_clear_values_in_recorded_files_are_counted_and_not_shown() -> None:
    assert (STAYS, "warning") in rules(case((wrapped(shop()),)), "ada@example.org")
    assert CARRIED not in {rule for rule, _ in rules(case((wrapped(shop()),)))}


def test_a_value_is_protected_where_every_place_that_writes_it_turns_it() -> None:
    asked = case((wrapped(shop()),))
    left = case((announced(shop()),))

    assert is_done(asked)
    assert not is_done(left)
