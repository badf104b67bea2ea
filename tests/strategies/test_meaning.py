"""A change of meaning that nothing converts: what is edited, and what only people can do."""

from __future__ import annotations

from tests.planners.builders import ORDER, shop
from tests.strategies.test_families import field, offered, schema_after

ASKED = 'change the meaning of amount in order to "Without refunds, in cents." as amount_kept'


def test_the_old_field_keeps_its_meaning_beside_the_new_one() -> None:
    built = shop()
    real, _ = offered(ASKED, built)

    schema = schema_after(real["beside"], built)

    assert list(real) == ["beside", "phased", "new-subject", "naive"]
    assert field(schema, "amount") == field(ORDER, "amount")
    assert field(schema, "amount_kept")["doc"] == "Without refunds, in cents."


def test_what_the_new_value_is_and_who_reads_it_is_left_to_people_with_their_lines() -> None:
    phased = offered(ASKED, shop())[0]["phased"]
    manual = [place for phase in phased.phases for step in phase.steps for place in step.manual]

    assert "services/orders/main.py:5  writes `amount`: write `amount_kept` too: Without refunds, in cents." in manual
    assert any(place.startswith("services/billing/main.py:3") and "what its meaning asks" in place for place in manual)


def test_the_naive_edit_is_the_doc_alone() -> None:
    built = shop()
    naive = offered(ASKED, built)[0]["naive"]

    assert field(schema_after(naive, built), "amount") == {
        "name": "amount",
        "type": "int",
        "doc": "Without refunds, in cents.",
    }


def test_readers_that_people_move_have_a_state_of_their_own_before_the_field_goes() -> None:
    built = shop()
    phased = offered(ASKED, built)[0]["phased"]

    assert [phase.name for phase in phased.phases] == ["expand", "move readers", "stop old write", "contract"]
    assert field(schema_after(phased, built, 1), "amount")["deprecated"] is True
    assert phased.phases[1].gate is not None


def test_a_type_that_the_old_field_declares_stays_declared_when_it_goes() -> None:
    built = shop()
    phased = offered('change the meaning of status in order to "Trials count, too." as state', built)[0]["phased"]

    beside, last = (field(schema_after(phased, built, phase), "state")["type"] for phase in (0, -1))

    declared = field(ORDER, "status")["type"]
    assert beside[0] == last[0] == "null"
    assert beside[1].endswith(declared["name"])
    assert last[1] == declared
