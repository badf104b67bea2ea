"""The mutations of the rollout, and of the bytes that come of it all."""

from __future__ import annotations

from copilot.checks import mutate_lines as lines
from copilot.checks import mutate_phases as phases
from copilot.checks import mutate_texts as texts
from copilot.checks.mutant import Mutation

OF_PLANS: tuple[Mutation, ...] = (
    Mutation(
        "phases reversed",
        "the old form goes before the new one is there",
        "it has one phase",
        phases.arranged(phases.phases_reversed),
    ),
    Mutation(
        "phases merged",
        "the old form goes in the moment in which the new one comes",
        "it has one phase",
        phases.arranged(phases.phases_merged),
    ),
    Mutation(
        "contracted before readers moved",
        "readers lose the old form before they know the new one",
        "it has no phase between the first and the last",
        phases.arranged(phases.contract_before_move),
    ),
    Mutation(
        "phase left out",
        "what it waited for is not there when the next one lands",
        "it has one phase",
        phases.arranged(phases.phase_left_out),
    ),
    Mutation(
        "last phase stands still",
        "the old form stays for good",
        "it has one phase",
        phases.arranged(phases.stands_still),
    ),
    Mutation(
        "edit in the phase before",
        "something changes before what it needs is there",
        "no edit comes in a later phase",
        phases.arranged(phases.edit_early),
    ),
    Mutation(
        "edit in the phase after",
        "something is not there yet when the phase that needs it lands",
        "no edit comes before the last phase",
        phases.arranged(phases.edit_late),
    ),
    Mutation(
        "step left out",
        "what changes in it is deployed by nobody, or what people do is not done",
        "it has no steps",
        phases.restepped(phases.step_left_out),
        is_order=True,
    ),
    Mutation(
        "step in the phase after",
        "what changes in a phase is deployed when the next one is due",
        "it has one phase",
        phases.arranged(phases.step_late),
        is_order=True,
    ),
    Mutation(
        "file carried by no step",
        "a file changes that nobody deploys",
        "no step carries a file",
        phases.restepped(phases.file_left_behind),
    ),
    Mutation(
        "step for a job that isn't there",
        "a step deploys nobody, and somebody is deployed by no step",
        "it has no steps",
        phases.restepped(phases.stranger_deployed),
    ),
    Mutation(
        "steps reversed",
        "who has to move last moves first",
        "no phase has two steps that deploy jobs",
        phases.restepped(phases.steps_reversed),
        is_order=True,
    ),
    Mutation(
        "joint deploy split",
        "jobs that must move in one moment move one after the other",
        "no step moves several jobs at once",
        phases.restepped(phases.cutover_split),
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
        "the next phase begins though nobody looked whether it may",
        "no phase has a gate",
        phases.arranged(phases.gate_dropped),
    ),
    Mutation(
        "gate too early",
        "the next phase meets records that it can't read",
        "no gate waits for records to leave",
        phases.arranged(phases.gate_early),
    ),
    Mutation(
        "stray hunk",
        "a file changes that nobody asked to change",
        "every file that uses what changes is changed",
        texts.stray_hunk,
    ),
    Mutation(
        "stray file",
        "a file comes that nobody asked for",
        "nothing is changed",
        texts.stray_file,
    ),
    Mutation(
        "guard changed",
        "builds and reviews change with it",
        "nothing is changed",
        texts.guard_changed,
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
        texts.at_files("as it was", texts.lost),
    ),
    Mutation(
        "change lost at last",
        "the last phase takes back what one before it did",
        "no file changes in the last phase and before it",
        texts.at_files("as it was, after the last phase", texts.lost_at_last),
    ),
    Mutation(
        "change elsewhere",
        "the file itself stays as it is, and nobody reads the other one",
        "nothing is changed",
        texts.at_files("as it was, and its new text beside it", texts.put_elsewhere),
    ),
    Mutation(
        "another base",
        "what stands in the file today is overwritten",
        "no file of the base is changed",
        texts.at_files("of another commit", texts.of_another_commit),
    ),
    Mutation(
        "hunk twice",
        "what should be there once is there twice",
        "no file of the base is changed, or only by lines that go",
        lines.at_lines("with its first hunk twice", lines.twice),
    ),
    Mutation(
        "hunk one line lower",
        "the neighbour of the line that was meant is overwritten",
        "no line becomes another one",
        lines.at_lines("with its first hunk one line lower", lines.line_lower),
    ),
    Mutation(
        "hunk lost",
        "one of several places of a file stays as it is",
        "no file has several hunks",
        lines.at_lines("without its last hunk", lines.hunk_lost),
    ),
    Mutation(
        "a line too many taken",
        "a line goes that nobody asked to change",
        "no file of the base is changed",
        lines.at_lines("without the line after its first hunk", lines.line_too_many),
    ),
    Mutation(
        "conflict left",
        "a merge that nobody decided is deployed",
        "no file of the base is changed",
        lines.at_lines("with both sides of a merge", lines.both_sides),
    ),
    Mutation(
        "stray line at the end",
        "a line changes that nobody asked to change",
        "no Python file is changed",
        lines.at_lines("with a line more at its end", lines.line_at_end, suffixes=(".py",)),
    ),
    Mutation(
        "stray line beside",
        "a line changes that nobody asked to change, in a function that is edited",
        "no Python file is changed",
        lines.at_lines("with a line more before its first hunk", lines.line_beside, suffixes=(".py",)),
    ),
    Mutation(
        "stray property",
        "a field says something that nobody asked for, in a schema that is edited",
        "no schema file has a field on a line that stays",
        lines.at_lines("with a property more", lines.entry_beside, suffixes=(".avsc",)),
    ),
    Mutation(
        "syntax broken",
        "a file can't be read any more",
        "no file that can be parsed is changed",
        texts.at_files("no longer whole", lines.cut_short),
    ),
)
