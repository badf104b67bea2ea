"""The mutations of what a patch edits in code and settings, and of the programs that it brings."""

from __future__ import annotations

from copilot.checks import mutate_code as code
from copilot.checks import mutate_levels as levels
from copilot.checks import mutate_lines as lines
from copilot.checks import mutate_schemas as schemas
from copilot.checks import mutate_settings as settings
from copilot.checks import mutate_texts as texts
from copilot.checks.mutant import Mutation, at_edits

OF_CODE: tuple[Mutation, ...] = (
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
        "new file forgotten",
        "a file that the plan needs is missing",
        "no file is new",
        at_edits(settings.file_forgotten),
    ),
    Mutation(
        "new file empty",
        "a file that the plan needs holds nothing",
        "no file is new",
        texts.at_files("empty", lines.emptied),
    ),
    Mutation(
        "new file half written",
        "a file that the plan needs ends in its middle",
        "no file of several lines is new",
        texts.at_files("without its second half", lines.half_written),
    ),
    Mutation(
        "new file undecided",
        "a merge that nobody decided is deployed",
        "no file is new",
        texts.at_files("twice, with the marks of a merge", lines.undecided),
    ),
    Mutation(
        "new program never started",
        "a program is deployed that does nothing",
        "no program is new",
        texts.at_files("without its last statement", lines.last_statement_lost),
    ),
    Mutation(
        "topics exchanged",
        "a program reads what it should write",
        "no new program names two topics of the request",
        at_edits(settings.topics_exchanged),
    ),
    Mutation(
        "bound off by one",
        "a program compares with the number beside the one that was meant",
        "no new program compares with a number",
        at_edits(settings.bound_off_by_one),
    ),
    Mutation(
        "one setting forgotten",
        "one job is still told the old name",
        "no setting is edited",
        settings.setting_forgotten,
    ),
    Mutation(
        "setting misspelt",
        "one job is told a name that nobody asked for",
        "no setting is edited",
        at_edits(settings.setting_misspelt),
    ),
    Mutation(
        "another topic set",
        "one job is told another topic of the request than its own",
        "no setting names one of several topics",
        at_edits(settings.other_topic_set),
    ),
    Mutation(
        "level one looser",
        "changes go through that should be refused",
        "the request sets no level that has a looser one",
        at_edits(levels.at_level(levels.looser)),
    ),
    Mutation(
        "level one tighter",
        "changes are refused that should go through",
        "the request sets no level that has a tighter one",
        at_edits(levels.at_level(levels.tighter)),
    ),
    Mutation(
        "level of the other side",
        "readers are guarded where writers should be, or the other way round",
        "the request sets no level of one side",
        at_edits(levels.at_level(levels.other_side)),
    ),
    Mutation(
        "level of nobody",
        "the subject that was meant keeps its level",
        "no new settings set a level",
        at_edits(levels.subject_misspelt),
    ),
    Mutation(
        "another level too",
        "another subject is held to a level that nobody asked for",
        "the request sets no level beside another one",
        levels.neighbour_too,
    ),
    Mutation(
        "another level instead",
        "another subject is held to the level that was meant for this one",
        "the request sets no level beside another one",
        levels.neighbour_instead,
    ),
)
