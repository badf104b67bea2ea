"""The mutations of what a patch edits in schemas."""

from __future__ import annotations

from copilot.checks import mutate_beside as beside
from copilot.checks import mutate_schemas as schemas
from copilot.checks import mutate_types as types
from copilot.checks.mutant import Mutation, at_edits

OF_SCHEMAS: tuple[Mutation, ...] = (
    Mutation(
        "default dropped",
        "readers with the new schema refuse every record from before it",
        "no edit gives a default",
        at_edits(schemas.default_dropped),
        is_of_old_records=True,
    ),
    Mutation(
        "default wrong",
        "records without the field are read with a value that nobody asked for",
        "no edit gives a default other than null",
        at_edits(schemas.default_wrong),
    ),
    Mutation(
        "default of another kind",
        "strict parsers refuse the schema, others read a value of the wrong kind",
        "no edit gives a default",
        at_edits(schemas.default_mistyped),
    ),
    Mutation(
        "alias dropped",
        "records from before it lose the value under the new name",
        "no edit gives an alias",
        at_edits(schemas.alias_dropped),
    ),
    Mutation(
        "property misspelt",
        "no parser knows the property, so it does nothing, and none complains",
        "no edit sets a property that is asked for",
        at_edits(schemas.property_misspelt),
    ),
    Mutation(
        "one earlier name left out",
        "records of one earlier version lose the value under the new name",
        "no edit gives several aliases",
        at_edits(schemas.earlier_name_left_out),
    ),
    Mutation(
        "aliases at a sibling",
        "another field is read with this one's values",
        "no edit gives an alias beside a field of the same type",
        schemas.aliases_swapped,
    ),
    Mutation(
        "symbol off by one",
        "the neighbour of the symbol that was meant is changed",
        "no edit names a symbol that has a neighbour",
        at_edits(schemas.symbol_off_by_one),
    ),
    Mutation(
        "symbol forgotten",
        "the symbols stay what they were",
        "no edit changes symbols",
        at_edits(schemas.symbol_forgotten),
    ),
    Mutation(
        "enum default dropped",
        "readers with the older schema refuse every record with a symbol that is new to them",
        "no edit gives an enum a default",
        at_edits(schemas.enum_default_dropped),
    ),
    Mutation(
        "null order swapped",
        "the default of null no longer fits its union, and strict parsers refuse the schema",
        "no edit writes a union with null",
        at_edits(types.null_order_swapped),
    ),
    Mutation(
        "null dropped",
        "writers have nothing to write where the value is not known",
        "no edit writes a union with null",
        at_edits(types.null_dropped),
    ),
    Mutation(
        "type narrower",
        "values that do not fit are refused or cut",
        "no edit writes a type that has a narrower one",
        at_edits(types.type_narrower),
    ),
    Mutation(
        "logical type changed",
        "the same number means another moment",
        "no edit writes a logical type with a unit",
        at_edits(types.logical_type_changed),
    ),
    Mutation(
        "decimal scale changed",
        "the same digits mean a tenth",
        "no edit writes a decimal",
        at_edits(types.decimal_scale_changed),
    ),
    Mutation(
        "sibling edited",
        "another field of the same type is changed, and the one that was meant is not",
        "no edited field has a sibling of its type",
        schemas.sibling_edited,
    ),
    Mutation(
        "another schema edited",
        "another subject's schema is changed, and the one that was meant is not",
        "no other schema has a file of its own",
        schemas.other_schema_edited,
    ),
    Mutation(
        "new name misspelt in the schema",
        "the schema has another name than was asked for",
        "no edit brings a name into a schema",
        at_edits(schemas.name_misspelt),
    ),
    Mutation(
        "another field dropped",
        "readers of a field that was not meant find nothing",
        "no other field in an edited record",
        beside.beside(beside.field_dropped),
    ),
    Mutation(
        "another field renamed",
        "readers of a field that was not meant find nothing under its name",
        "no other field in an edited record",
        beside.beside(beside.field_renamed),
    ),
    Mutation(
        "another field retyped",
        "readers of a field that was not meant refuse its values",
        "no other field of a plain type in an edited record",
        beside.beside(beside.field_retyped),
    ),
    Mutation(
        "another field's symbol dropped",
        "readers refuse every record with that symbol",
        "no other field in an edited record has an enum",
        beside.beside(beside.symbol_dropped),
    ),
    Mutation(
        "required field added",
        "records from before it are refused, and so is what producers write",
        "no other field in an edited record",
        beside.required_field_added,
    ),
    Mutation(
        "record renamed",
        "readers that compare names refuse every record",
        "no other field in an edited record",
        beside.record_renamed,
    ),
    Mutation(
        "another write renamed",
        "one place writes a name that the schema does not have",
        "no certain place writes another field",
        beside.use_renamed(is_write=True),
    ),
    Mutation(
        "another read renamed",
        "one place reads a name that the schema does not have",
        "no certain place reads another field",
        beside.use_renamed(is_write=False),
    ),
    Mutation(
        "order off by one",
        "the order is another one than was asked for",
        "no edit gives an order",
        at_edits(schemas.order_off_by_one),
    ),
    Mutation(
        "words dropped",
        "what people and tools should read of the field is not said",
        "the request is not about a doc or a mark",
        schemas.words_dropped,
    ),
    Mutation(
        "words wrong",
        "people and tools read something else than was asked for",
        "the request is not about a doc, a rule or a mark",
        at_edits(schemas.words_wrong),
    ),
    Mutation(
        "one copy of the schema forgotten",
        "two copies of one schema say different things",
        "one place of the schema is edited",
        schemas.copy_forgotten,
    ),
)
