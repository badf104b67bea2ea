"""The verbs of the command line as data: what `--help` prints, and which module to load for which word."""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """One verb; its module has `add_arguments(parser)` and `run(arguments, console)`, which returns the exit code."""

    name: str
    usage: str
    summary: str
    module: str


VERBS = (
    Verb("map", "map [PATH]", "print what a repository's pipeline consists of", "copilot.cli.verb_map"),
    Verb("audit", "audit [PATH]", "point out flaws of a pipeline, each with its proof", "copilot.cli.verb_audit"),
    Verb(
        "compat",
        "compat OLD NEW",
        "tell whether schemas keep a level, why not, and what decoders do",
        "copilot.cli.verb_compat",
    ),
    Verb("impact", 'impact "CHANGE"', "list the files that a change will touch, and why", "copilot.cli.verb_impact"),
    Verb(
        "propose", 'propose "CHANGE"', "find ways to make a change, prove each, choose one", "copilot.cli.verb_propose"
    ),
    Verb("review", "review [ID]", "look at a proposal on a screen; approve or reject it", "copilot.cli.verb_review"),
    Verb("reject", "reject ID --because WORDS", "say no to a proposal, and why", "copilot.cli.verb_reject"),
    Verb(
        "postpone",
        "postpone ID --until WHEN",
        'say "not now" to a proposal, and when to come back to it',
        "copilot.cli.verb_postpone",
    ),
    Verb("apply", "apply [ID]", "put what was approved on a new branch", "copilot.cli.verb_apply"),
    Verb("next", "next [ID]", "go on with the next phase of what was applied", "copilot.cli.verb_next"),
    Verb(
        "undo",
        "undo ID --from BRANCH",
        "restore the files of an applied proposal on a new branch",
        "copilot.cli.verb_undo",
    ),
    Verb("show", "show [ID]", "print a proposal and its reasons", "copilot.cli.verb_show"),
    Verb("log", "log", "list the proposals of a repository", "copilot.cli.verb_log"),
    Verb("verify", "verify [ID]", "see the evidence again; tell what no longer holds", "copilot.cli.verb_verify"),
    Verb(
        "prompts", "prompts [ID]", "list what models are asked with; accept a repository's", "copilot.cli.verb_prompts"
    ),
    Verb(
        "eval", "eval [WORD ...]", "tell how often it is right, by the cases of the eval suite", "copilot.cli.verb_eval"
    ),
    Verb("demo", "demo", "see all of it on an example repository, offline", "copilot.cli.verb_demo"),
)

COMMAND = "pipeline-copilot"
ASCII = "--ascii"


def help_text() -> str:
    """Returns the text of `--help`."""
    width = max(len(verb.usage) for verb in VERBS)
    lines = [
        f"usage: {COMMAND} VERB ...",
        "",
        "Proposes changes to data pipelines: several alternatives, each compiled to a real patch and",
        "put through the same checks. Nothing is touched until a person approves exactly those bytes.",
        "",
        *(f"  {verb.usage:{width}}  {verb.summary}" for verb in VERBS),
        "",
        f"Without a verb, {COMMAND} opens this repository on a screen: map, findings, proposals, and a",
        f"line to ask for a change; {ASCII} draws it without box characters.",
        f'"{COMMAND} VERB --help" tells more; "{COMMAND} --version" prints the version.',
        "",
        "Exit codes: 0 done, 1 refused by evidence, 2 wrong usage, 3 waiting for approval,",
        "4 the surroundings failed (git, network, disk).",
    ]
    return "\n".join(lines)
