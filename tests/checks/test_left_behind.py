"""A copy of the schema, or one of two names on a line, that a patch leaves behind."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.usage import UsageCheck
from copilot.domain.alternative import CodeAction, CodeEdit, Step
from copilot.domain.evidence import Evidence
from copilot.domain.operation import ChangeType, Deprecate, Operation, RenameField
from copilot.domain.pipeline import PipelineMap
from tests.checks.orders import SCORER_PATH, Fields, bench, case, field, use, version

ID = field("id", "string")
AMOUNT = field("amount", "long")
RENAMED = [ID, field("total", "long", aliases=["amount"])]
RENAME = RenameField("order", "", "amount", "total")
COPY_PATH = "scorer/order.avsc"


def rules(evidence: Evidence) -> list[str]:
    return [finding.rule for finding in evidence.findings if finding.severity == "error"]


def with_copy(
    operation: Operation, after: Fields, copy_after: Fields, steps: tuple[Step, ...] = (), path: str = COPY_PATH
) -> Evidence:
    made = case(operation, [[ID, AMOUNT]], [after], steps=[steps])

    def beside(drawn: PipelineMap, fields: Fields) -> PipelineMap:
        copy = version(fields, path=path)
        subjects = tuple(replace(it, copies=(copy.source,), copy_versions=(copy,)) for it in drawn.subjects)
        return replace(drawn, subjects=subjects)

    base, state = beside(made.base, [ID, AMOUNT]), beside(made.states[0], copy_after)
    return UsageCheck().run(replace(made, base=base, states=(state,)), bench())


def test_a_copy_that_said_the_same_and_is_left_as_it_is_fails() -> None:
    assert "usage.copy-left" in rules(with_copy(RENAME, RENAMED, [ID, AMOUNT]))
    assert "usage.copy-left" not in rules(with_copy(RENAME, RENAMED, RENAMED))


def test_a_copy_of_tests_is_named_and_refuses_nothing() -> None:
    evidence = with_copy(RENAME, RENAMED, [ID, AMOUNT], path="scorer/tests/order.avsc")

    assert [it.severity for it in evidence.findings if it.rule == "usage.copy-left"] == ["warning"]
    assert rules(evidence) == []


def test_the_schema_itself_is_left_where_only_its_copy_is_edited() -> None:
    assert "usage.copy-left" in rules(with_copy(RENAME, [ID, AMOUNT], RENAMED))


def test_copies_that_get_new_fields_of_different_names_fail() -> None:
    change = ChangeType("order", "", "amount", '"string"')
    new, other = (field(name, ["null", "string"], default=None) for name in ("amount_v2", "amount_text"))

    assert "usage.copies-part" in rules(with_copy(change, [ID, AMOUNT, new], [ID, AMOUNT, other]))
    assert "usage.copies-part" not in rules(with_copy(change, [ID, AMOUNT, new], [ID, AMOUNT, new]))
    assert "usage.copies-part" not in rules(with_copy(change, [ID, AMOUNT, new], [ID, AMOUNT]))


def test_a_copy_that_a_person_is_asked_to_change_is_not_left() -> None:
    asked = Step("By hand", "manual", (), (), (f"{COPY_PATH}:3  rename it here too",))

    assert "usage.copy-left" not in rules(with_copy(RENAME, RENAMED, [ID, AMOUNT], (asked,)))


def test_a_deprecation_of_another_field_does_not_do_what_was_asked() -> None:
    asked = Deprecate("order", "", "amount")
    marked = field("amount", "long", deprecated=True)

    right = with_copy(asked, [ID, marked], [ID, marked])
    other = with_copy(asked, [field("id", "string", deprecated=True), AMOUNT], [ID, AMOUNT])

    assert (right.measure("operations_done"), other.measure("operations_done")) == (1, 0)


TWICE = 'def score(order):\n    return order["amount"] + order["amount"]\n'


def two_on_a_line(
    after: str, *edited: int, before: str = TWICE, action: CodeAction = "rename_key", to: str = "total"
) -> Evidence:
    offsets = [before.index('"amount"'), before.rindex('"amount"')]
    uses = [replace(use("amount", line=2), offset=offset) for offset in offsets]
    made = case(
        RENAME,
        [[ID, AMOUNT]],
        [RENAMED],
        uses=uses,
        uses_after=[[use("total", line=2)]],
        code={SCORER_PATH: [after]},
        base_code={SCORER_PATH: before},
    )
    edits = tuple(CodeEdit(SCORER_PATH, offsets[it], action, "amount", to) for it in edited)
    phases = tuple(replace(phase, edits=edits) for phase in made.alternative.phases)
    return UsageCheck().run(replace(made, alternative=replace(made.alternative, phases=phases)), bench())


def test_one_of_two_names_on_an_edited_line_is_a_use_that_is_left() -> None:
    half = two_on_a_line('def score(order):\n    return order["total"] + order["amount"]\n', 0)
    whole = two_on_a_line('def score(order):\n    return order["total"] + order["total"]\n', 0, 1)

    assert (half.verdict, rules(half)) == ("fail", ["usage.use-left"])
    assert rules(whole) == []


def test_a_read_with_a_default_keeps_its_name_once_and_explains_no_second_one() -> None:
    handed_on = 'def score(order):\n    return {"amount": order["amount"]}\n'
    careful = handed_on.replace('order["amount"]', 'order.get("amount")')

    half = two_on_a_line(careful, 1, before=handed_on, action="read_default")

    assert (half.verdict, rules(half)) == ("fail", ["usage.use-left"])


def test_a_name_that_the_edits_bring_themselves_is_not_counted() -> None:
    before = 'def score(order):\n    return {"amount": order["amount"]}\n'
    after = 'def score(order):\n    return {"amount": order["part"], "amount_text": str(order["amount"])}\n'

    assert rules(two_on_a_line(after, 1, before=before, action="read_converted", to="part")) == ["usage.use-left"]
    assert rules(two_on_a_line(after, 1, before=before, action="read_converted", to="amount")) == []


def test_copies_that_say_different_things_of_a_mark_fail() -> None:
    marked = [ID, field("amount", "long", deprecated=True)]
    misspelt = [ID, field("amount", "long", deprecate=True)]
    change = Deprecate("order", "", "amount")

    assert "usage.copies-part" in rules(with_copy(change, marked, misspelt))
    assert "usage.copies-part" not in rules(with_copy(change, marked, marked))
