"""Records that tests keep as data get another name in the state whose code no longer takes the old one."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.alternative import Alternative
from copilot.domain.patch import Patch
from copilot.formats.avro import AvroFormat
from copilot.impact.fields import impact_of
from copilot.impact.mentions import mentions_of
from copilot.patches.compile import PatchCompiler
from copilot.planners.intent import understand
from copilot.strategies.catalogue import STRATEGIES
from tests.planners.builders import Built, shop
from tests.readers.sockets import MemoryIndex

PATH = "services/billing/tests/order.json"
RECORD = '{"order_id": "a", "amount": 3, "note": null, "status": "NEW", "lines": []}\n'


def with_record(text: str) -> Built:
    built = shop()
    return Built(built.pipeline, {**built.files, PATH: text})


def offered(request: str, built: Built) -> dict[str, Alternative]:
    (operation,) = understand(request, built.pipeline)
    mentions = mentions_of(operation, built.pipeline, built.tree, MemoryIndex())
    impact = replace(impact_of(operation, built.pipeline), mentions=mentions)
    found = [one for strategy in STRATEGIES for one in strategy(operation, impact, built.pipeline)]
    return {one.id.rpartition("-")[0]: one for one in found if isinstance(one, Alternative)}


def patches(alternative: Alternative, built: Built) -> tuple[Patch, ...]:
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(alternative, built.tree)
    assert isinstance(compiled, tuple), compiled
    return compiled


def kept_in(patch: Patch) -> str | None:
    return next((change.after for change in patch.changes if change.path == PATH), None)


def by_hand(alternative: Alternative, phase: int) -> list[str]:
    return [text for step in alternative.phases[phase].steps for text in step.manual if PATH in text]


def test_a_phased_rename_leaves_the_record_until_the_contraction() -> None:
    built = with_record(RECORD)
    phased = offered("rename amount to total in order", built)["phased"]

    assert [kept_in(patch) for patch in patches(phased, built)] == [None, None, None, RECORD.replace("amount", "total")]
    assert PATH in [path for step in phased.phases[-1].steps if step.kind == "consumers" for path in step.paths]


def test_a_rename_at_once_takes_the_record_along() -> None:
    built = with_record(RECORD)
    real = offered("rename amount to total in order", built)

    assert kept_in(patches(real["alias"], built)[0]) == RECORD.replace("amount", "total")
    assert kept_in(patches(real["naive"], built)[0]) == RECORD.replace("amount", "total")


def test_a_doubtful_record_is_named_in_the_contraction() -> None:
    built = with_record(RECORD.replace("{", '{"more": 1, '))
    phased = offered("rename amount to total in order", built)["phased"]

    assert kept_in(patches(phased, built)[-1]) is None
    assert by_hand(phased, 3) == [
        f"{PATH}:1  keeps a record with `amount`: rename it to `total` by hand where it is this field"
    ]
    assert not any(by_hand(phased, phase) for phase in range(3))


def test_a_record_whose_value_changes_is_a_persons() -> None:
    built = with_record(RECORD)
    phased = offered("change type of amount to string in order", built)["phased"]

    assert [kept_in(patch) for patch in patches(phased, built)] == [None] * len(phased.phases)
    (text,) = by_hand(phased, len(phased.phases) - 1)
    assert text.startswith(f"{PATH}:1  keeps a record with `amount`: give it `amount_v2`")


def test_places_that_name_a_type_are_no_records() -> None:
    built = with_record('{"kind": "shop.Status"}\n')
    real = offered("rename record Status to State in order", built)

    texts = [text for it in real.values() for phase in it.phases for step in phase.steps for text in step.manual]
    assert not any("keeps a record" in text for text in texts)
