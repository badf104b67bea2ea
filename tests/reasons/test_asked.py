"""What was understood is said in words, whatever the operation is."""

from __future__ import annotations

from typing import get_args

import pytest

from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeDoc,
    ChangeLevel,
    ChangeMeaning,
    ChangeType,
    ChangeUnit,
    ConstrainField,
    Deprecate,
    FlattenField,
    MakeArray,
    MakeOptional,
    MakeRequired,
    MergeFields,
    MergeTopics,
    NestFields,
    Operation,
    ProtectField,
    RekeyTopic,
    RemoveDefault,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameRecord,
    RenameSymbol,
    RenameTopic,
    ReorderFields,
    ReorderSymbols,
    SplitField,
    SplitTopic,
    TagField,
)
from copilot.reasons.asked import operation_words

ORDER = ("order", "", "total")
SAID: tuple[tuple[Operation, str], ...] = (
    (AddField(*ORDER, '"long"', "0"), "add the field total of the type long and the default 0 in order"),
    (AddField(*ORDER, '["null","long"]', is_optional=True), 'add the optional field total of the type ["null","long"] in order'),
    (AddField("order", "shop.Line", "total", '"long"', is_required=True),
     "add the required field total of the type long in order, record shop.Line"),
    (RemoveField(*ORDER), "remove total in order"),
    (RenameField(*ORDER, "sum"), "rename total to sum in order"),
    (ChangeType(*ORDER, '"double"'), "change the type of total to double in order"),
    (MakeOptional(*ORDER), "make total optional in order"),
    (MakeRequired(*ORDER), "make total required in order"),
    (AddSymbol(*ORDER, "NEW"), "add the symbol NEW to total in order"),
    (RemoveSymbol(*ORDER, "NEW"), "remove the symbol NEW from total in order"),
    (RenameSymbol(*ORDER, "NEW", "OPEN"), "rename the symbol NEW of total to OPEN in order"),
    (ReorderSymbols(*ORDER, ("B", "A")), "bring the symbols of total into the order B and A in order"),
    (ChangeDefault(*ORDER, "5"), "set the default of total to 5 in order"),
    (RemoveDefault(*ORDER), "remove the default of total in order"),
    (Deprecate(*ORDER), "deprecate total in order"),
    (ChangeDoc(*ORDER, "In cents."), "change the doc of total to “In cents.” in order"),
    (ReorderFields("order", "", ("b", "a")), "bring the fields into the order b and a in order"),
    (RenameRecord("order", "shop.Line", "shop.Item"), "rename the type shop.Line to shop.Item in order"),
    (RenameTopic("order", "orders", "orders.v2"), "rename the topic orders to orders.v2 in order"),
    (ChangeLevel("order", "NONE", "2027-01-31"), "ask for the compatibility NONE of order until 2027-01-31"),
    (TagField(*ORDER, "PII"), "tag total as PII in order"),
    (ChangeUnit(*ORDER, "euros", "cents", "1/100", "total_euros"),
     "change the unit of total from cents to euros, in total_euros (times 1/100) in order"),
    (ChangeMeaning(*ORDER, "With tax.", "gross"), "change the meaning of total to “With tax.”, in gross in order"),
    (RekeyTopic(*ORDER, "orders", "orders.v2"), "key the records of orders by total, on the topic orders.v2 in order"),
    (SplitField(*ORDER, ("a", "b"), "-"), "split total into a and b at “-” in order"),
    (MergeFields(*ORDER, ("tax",), "gross", " "), "merge total and tax into gross, “ ” between them in order"),
    (NestFields(*ORDER, ("tax",), "price", ("net", "tax"), "EUR"),
     "nest total and tax into price as net and tax, with the currency EUR in order"),
    (FlattenField(*ORDER, ("net", "tax")), "flatten total into net and tax in order"),
    (MakeArray(*ORDER, "totals"), "make total an array, totals in order"),
    (ConstrainField(*ORDER, '{"minimum":0}'), 'hold total to the rule {"minimum":0} in order'),
    (ConstrainField(*ORDER, "{}"), "take the rule of total away in order"),
    (ProtectField(*ORDER, "mask"), "mask total in order"),
    (MergeTopics("order", "orders", ("paid", "sent"), "all"),
     "bring the topics orders, paid and sent together on all in order"),
    (SplitTopic(*ORDER, "orders", ("web",), ("orders.web",)),
     "split the topic orders by total: web to orders.web, the rest to orders.rest in order"),
)  # fmt: skip


@pytest.mark.parametrize(("operation", "words"), SAID)
def test_an_operation_is_said_in_words(operation: Operation, words: str) -> None:
    assert operation_words(operation) == words


def test_each_kind_of_operation_has_words_of_its_own() -> None:
    assert {type(operation) for operation, _ in SAID} == set(get_args(Operation))
