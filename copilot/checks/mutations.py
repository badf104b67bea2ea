"""The catalogue of mutations: every way in which this program breaks a chosen patch to see whether its battery notices.

A new way is one function in a `mutate_` module and one row here. `harm` says what the broken patch would do, for the report of
one that stays green.
"""

from __future__ import annotations

from copilot.checks import mutate_beside as beside
from copilot.checks import mutate_code as code
from copilot.checks import mutate_phases as phases
from copilot.checks import mutate_schemas as schemas
from copilot.checks import mutate_texts as texts
from copilot.checks.mutant import Mutation, at_edits

MUTATIONS: tuple[Mutation, ...] = (
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
        "alias dropped",
        "records from before it lose the value under the new name",
        "no edit gives an alias",
        at_edits(schemas.alias_dropped),
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
        at_edits(schemas.null_order_swapped),
    ),
    Mutation(
        "null dropped",
        "writers have nothing to write where the value is not known",
        "no edit writes a union with null",
        at_edits(schemas.null_dropped),
    ),
    Mutation(
        "type narrower",
        "values that do not fit are refused or cut",
        "no edit writes a type that has a narrower one",
        at_edits(schemas.type_narrower),
    ),
    Mutation(
        "logical type changed",
        "the same number means another moment",
        "no edit writes a logical type with a unit",
        at_edits(schemas.logical_type_changed),
    ),
    Mutation(
        "decimal scale changed",
        "the same digits mean a tenth",
        "no edit writes a decimal",
        at_edits(schemas.decimal_scale_changed),
    ),
    Mutation(
        "sibling edited",
        "another field of the same type is changed, and the one that was meant is not",
        "no edited field has a sibling of its type",
        schemas.sibling_edited,
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
        "one copy of the schema forgotten",
        "two copies of one schema say different things",
        "one place of the schema is edited",
        schemas.copy_forgotten,
    ),
    Mutation(
        "renamed in code only",
        "the code writes and reads a name that the schema does not have",
        "no rename of a field in one phase",
        schemas.renamed_in_code_only,
    ),
    Mutation(
        "renamed in the schema only",
        "the code writes and reads a name that the schema no longer has",
        "no edit renames a key in code",
        code.renamed_in_schema_only,
    ),
    Mutation("one use forgotten", "one place goes on with the old form", "no edit in code", code.use_forgotten),
    Mutation(
        "one consumer forgotten",
        "one consumer goes on with the old form",
        "no consumer's code is edited",
        code.consumer_forgotten,
    ),
    Mutation(
        "one producer forgotten",
        "one producer goes on with the old form",
        "no producer's code is edited",
        code.producer_forgotten,
    ),
    Mutation(
        "dual write dropped",
        "readers are moved to a field that nobody fills",
        "no edit writes a second field",
        code.dual_write_dropped,
    ),
    Mutation(
        "guard dropped",
        "a read fails where the field is absent or null",
        "no edit guards a read",
        at_edits(code.guard_dropped),
    ),
    Mutation(
        "conversion dropped",
        "the old value is written under the new type or unit",
        "no edit converts a value",
        at_edits(code.conversion_dropped),
    ),
    Mutation(
        "conversion inverted",
        "the value is converted the wrong way",
        "no edit computes a value",
        at_edits(code.conversion_inverted),
    ),
    Mutation(
        "new name misspelt in code",
        "one place writes or reads a name that the schema does not have",
        "no edit brings a name into code",
        at_edits(code.code_misspelt),
    ),
    Mutation(
        "new file forgotten", "a file that the plan needs is missing", "no file is new", at_edits(code.file_forgotten)
    ),
    Mutation(
        "one setting forgotten",
        "one job is still told the old name",
        "no setting is edited",
        code.setting_forgotten,
    ),
    Mutation(
        "setting misspelt",
        "one job is told a name that nobody asked for",
        "no setting is edited",
        at_edits(code.setting_misspelt),
    ),
    Mutation(
        "phases reversed",
        "the old form goes before the new one is there",
        "it has one phase",
        phases.phases_reversed,
    ),
    Mutation(
        "phases merged",
        "the old form goes in the moment in which the new one comes",
        "it has one phase",
        phases.phases_merged,
    ),
    Mutation(
        "contracted before readers moved",
        "readers lose the old form before they know the new one",
        "it has no phase between the first and the last",
        phases.contract_before_move,
    ),
    Mutation(
        "phase left out",
        "what it waited for is not there when the next one lands",
        "it has one phase",
        phases.phase_left_out,
    ),
    Mutation(
        "step left out",
        "what changes in it is deployed by nobody, or what people do is not done",
        "no phase has two steps",
        phases.step_left_out,
        is_order=True,
    ),
    Mutation(
        "steps reversed",
        "who has to move last moves first",
        "no phase has two steps that deploy jobs",
        phases.steps_reversed,
        is_order=True,
    ),
    Mutation(
        "joint deploy split",
        "jobs that must move in one moment move one after the other",
        "no step moves several jobs at once",
        phases.cutover_split,
        is_order=True,
    ),
    Mutation(
        "job left out",
        "a job that has to move is deployed by no step",
        "no step names a job",
        phases.job_left_out,
        is_order=True,
    ),
    Mutation(
        "gate dropped",
        "the next phase meets records that it can't read",
        "no gate waits for records to leave",
        phases.gate_dropped,
    ),
    Mutation(
        "stray file or hunk", "a file changes that nobody asked to change", "nothing is changed", texts.stray_hunk
    ),
    Mutation(
        "stray deletion",
        "a file goes that nobody asked about",
        "there is no other file",
        texts.stray_deletion,
    ),
    Mutation(
        "change lost",
        "the plan names a file that stays as it is",
        "nothing is changed",
        texts.change_lost,
    ),
    Mutation(
        "stray line",
        "a line changes that nobody asked to change",
        "no Python file is changed",
        texts.stray_line,
    ),
    Mutation(
        "syntax broken",
        "a file can't be read any more",
        "no file that can be parsed is changed",
        texts.syntax_broken,
    ),
)
