"""`eval`: runs the eval suite and prints how often the copilot is right, where it is not, and what changed since a baseline."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.cli.console import Console
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_SURROUNDINGS, SurroundingsFailed, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.evaluation.outcome import CaseOutcome

EXAMPLES = """\
examples:
  pipeline-copilot eval                           all cases, the report as Markdown
  pipeline-copilot eval rename k9                 the cases whose ids hold one of the words
  pipeline-copilot eval show hand/k3-rename-shared   its proposal on a screen
  pipeline-copilot eval --planner rules --planner "wrong on purpose"
  pipeline-copilot eval --history ../some-repository   by what people changed together there
  pipeline-copilot eval --baseline FILE --fail-under 0.9   a gate; FILE is an earlier --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("words", metavar="WORD", nargs="*", help="only the cases whose ids hold one of the words")
    parser.add_argument(
        "--history",
        action="append",
        metavar="REPO",
        help="judge by the commits of a repository instead; may be repeated",
    )
    parser.add_argument(
        "--commits", type=int, default=14, metavar="N", help="with --history, at most so many of each (default: 14)"
    )
    parser.add_argument("--list", action="store_true", help="list the cases, and run none")
    parser.add_argument("--planner", action="append", metavar="NAME", help="who answers; several are set side by side")
    parser.add_argument(
        "--suite", default="", metavar="DIR", help="the folder with the suite (default: evals of this checkout)"
    )
    parser.add_argument(
        "--out", default="", metavar="DIR", help="where outcomes and proposals are kept (default: a cache folder)"
    )
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="how many cases at once (default: one a processor)"
    )
    parser.add_argument(
        "--deep",
        type=int,
        nargs="?",
        const=8,
        default=0,
        metavar="N",
        help="also break the patches of N cases (default: 8)",
    )
    parser.add_argument(
        "--format", choices=("markdown", "html", "json", "junit"), default="markdown", help="how to print it"
    )
    parser.add_argument(
        "--baseline", metavar="FILE", help="a report in JSON to compare with; exit with 1 where a case got worse"
    )
    parser.add_argument("--fail-under", type=float, metavar="SHARE", help="exit with 1 where a smaller share is solved")


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.history:
        return _judge_history(arguments, console)

    from copilot.evaluation.places import suite_folder
    from copilot.evaluation.suite import read_suite, run_suite

    suite = suite_folder(arguments.suite)
    if arguments.words[:1] == ["show"]:
        return _show(arguments, suite, console)
    cases, broken = read_suite(suite, arguments.words)
    if arguments.list:
        console.print("\n".join(f"{it.id}  {it.title}" for it in cases))
        return EXIT_DONE
    baseline = _baseline(arguments.baseline) if arguments.baseline else ()
    out = Path(arguments.out) if arguments.out else _cache_folder()
    planners = tuple(dict.fromkeys(arguments.planner or ["rules"]))
    outcomes = list(broken)
    for outcome in run_suite(cases, planners, suite, out, arguments.jobs, deep=arguments.deep):
        outcomes.append(outcome)
        console.note(f"{len(outcomes)} of {len(cases) * len(planners) + len(broken)}  {outcome.case}  {_end(outcome)}")
    console.note(f"Proposals are in {out / 'proposals'}.")
    _print(outcomes, baseline, arguments.format, console)
    return _exit_code(
        [it for it in outcomes if it.planner == planners[0]] + list(broken), baseline, arguments.fail_under
    )


def _judge_history(arguments: argparse.Namespace, console: Console) -> int:
    import tempfile

    from copilot.evaluation.history import history_markdown, judge_history

    reports = []
    for place in arguments.history:
        console.note(f"mining {place}")
        with tempfile.TemporaryDirectory(prefix="copilot-eval-", ignore_cleanup_errors=True) as folder:
            reports.append(judge_history(place, Path(folder), arguments.commits))
        console.note(
            f"{reports[-1].name}: {len(reports[-1].cases)} commits{' ' if reports[-1].problem else ''}{reports[-1].problem}"
        )
    console.print(history_markdown(reports).rstrip("\n"))
    return EXIT_SURROUNDINGS if all(it.problem for it in reports) else EXIT_DONE


def _show(arguments: argparse.Namespace, suite: Path, console: Console) -> int:
    """Builds the repository of a case, takes its proposal in, and opens it on a screen."""
    import tempfile

    from copilot.cli.console import has_terminal
    from copilot.cli.verb_review import open_review
    from copilot.evaluation.places import build_case
    from copilot.evaluation.run import record_name
    from copilot.evaluation.suite import read_suite
    from copilot.proposals import Workspace

    if len(arguments.words) != 2:
        raise WrongUsage("Which case is meant?", next="eval show CASE; eval --list names them all.")
    case = next((it for it in read_suite(suite, ())[0] if it.id == arguments.words[1]), None)
    if case is None:
        raise WrongUsage(f'There is no case "{arguments.words[1]}".', next="eval --list names them all.")
    out = Path(arguments.out) if arguments.out else _cache_folder()
    record = out / "proposals" / record_name(case.id, (arguments.planner or ["rules"])[0])
    if not record.exists():
        what = "No proposal of this case is kept: it was not run yet, or its answer was a question or a refusal."
        raise WrongUsage(what, where=record, next=f"Run it first: eval {case.id}")
    folder = Path(tempfile.mkdtemp(prefix="copilot-eval-")) / case.id.replace("/", "-")
    build_case(case, folder, suite)
    workspace = Workspace.open(str(folder))
    taken = workspace.take_in(record.read_bytes(), str(record))
    console.note(f"{case.title}. The repository of the case is {folder}.")
    if has_terminal():
        open_review(workspace, taken.id, console)
    else:
        console.print(f"pipeline-copilot show {taken.id} --repository {folder}")
    return EXIT_DONE


def _print(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome], form: str, console: Console) -> None:
    from copilot.evaluation import report

    if form == "json":
        console.print_json(report.as_json(outcomes))
    else:
        texts = {"markdown": report.markdown, "html": report.page}
        text = report.junit(outcomes) if form == "junit" else texts[form](outcomes, baseline)
        console.print(text.rstrip("\n"))


def _exit_code(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome], least: float | None) -> int:
    solved = {it.case for it in outcomes if it.is_solved}
    known = {it.case for it in outcomes}
    is_worse = any(it.is_solved and it.case in known and it.case not in solved for it in baseline)
    is_under = least is not None and len(solved) < least * len(outcomes)
    return EXIT_REFUSED if is_worse or is_under else EXIT_DONE


def _end(outcome: CaseOutcome) -> str:
    if outcome.broken:
        return "could not be run"
    return f"fails at: {outcome.failed.gate}" if outcome.failed else "solved"


def _baseline(name: str) -> tuple[CaseOutcome, ...]:
    from copilot.domain.codec import decode
    from copilot.evaluation.outcome import CaseOutcome
    from copilot.evaluation.report import SUITE_VERSION

    next = "Make one with: pipeline-copilot eval --format json > FILE"
    try:
        told = json.loads(Path(name).read_text("utf-8"))
        version = told["suite_version"]
        found = tuple(decode(CaseOutcome, it) for it in told["outcomes"])
    except OSError as error:
        raise SurroundingsFailed(f"The baseline can't be read: {error.strerror}.", where=name) from None
    except (ValueError, KeyError, TypeError):
        raise WrongUsage("That is no report of the eval suite.", where=name, next=next) from None
    if version != SUITE_VERSION:
        what = f"The baseline is of version {version} of the suite, and this one is {SUITE_VERSION}: they can't be compared."
        raise WrongUsage(what, where=name, next=next)
    return found


def _cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if root.startswith("/") else Path.home() / ".cache") / "pipeline-copilot" / "evals"
