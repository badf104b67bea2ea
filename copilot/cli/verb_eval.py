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
    from copilot.evaluation.report import Baseline

FORMATS = ("markdown", "html", "json", "junit", "baseline")
EXAMPLES = """\
examples:
  pipeline-copilot eval                           all cases, the report as Markdown
  pipeline-copilot eval rename k9                 the cases whose ids hold one of the words
  pipeline-copilot eval show hand/k3-rename-shared   its proposal on a screen
  pipeline-copilot eval audit                     do the answer keys hold, seen another way?
  pipeline-copilot eval --planner rules --planner "wrong on purpose"
  pipeline-copilot eval --planner model --epochs 3 --tokens 500000   a model three times, until its tokens are used up
  pipeline-copilot eval --history ../some-repository   by what people changed together there
  pipeline-copilot eval --baseline FILE --fail-under 0.9   a gate; FILE is an earlier --format baseline
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
        "--epochs",
        type=_positive,
        default=1,
        metavar="N",
        help="ask models so many times, as they may answer otherwise",
    )
    parser.add_argument(
        "--seconds", type=_positive, default=300, metavar="N", help="end a case that takes longer (default: 300)"
    )
    parser.add_argument(
        "--tokens",
        type=_positive,
        default=0,
        metavar="N",
        help="begin no case once models have read and written so many",
    )
    parser.add_argument("--format", choices=FORMATS, default="markdown", help="how to print it (default: markdown)")
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="how an earlier run ended (--format baseline); exit with 1 where a case got worse",
    )
    parser.add_argument("--fail-under", type=float, metavar="SHARE", help="exit with 1 where a smaller share is solved")


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number above 0')
    return number


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.history:
        return _judge_history(arguments, console)

    from copilot.evaluation.places import suite_folder
    from copilot.evaluation.suite import Ways, read_suite, run_suite

    suite = suite_folder(arguments.suite)
    if arguments.words[:1] == ["show"]:
        return _show(arguments, suite, console)
    if arguments.words[:1] == ["audit"]:
        return _audit(arguments, suite, console)
    cases, broken = read_suite(suite, arguments.words)
    if arguments.list:
        console.print("\n".join(f"{it.id}  {it.title}" for it in cases))
        return EXIT_DONE
    baseline = _baseline(arguments) if arguments.baseline else None
    out = _out(arguments)
    ways = Ways(
        planners=tuple(dict.fromkeys(arguments.planner or ["rules"])),
        epochs=arguments.epochs,
        deep=arguments.deep,
        workers=arguments.jobs,
        case_seconds=arguments.seconds,
        tokens=arguments.tokens,
    )
    outcomes = list(broken)
    for outcome in run_suite(cases, suite, out, ways):
        outcomes.append(outcome)
        console.note(f"{len(outcomes)}  {outcome.case}  {_end(outcome)}")
    console.note(f"Proposals are in {out / 'proposals'}.")
    _print(outcomes, baseline, arguments.format, out, console)
    judged = [it for it in outcomes if it.planner == ways.planners[0]] + list(broken)
    return _exit_code(judged, baseline, arguments.fail_under)


def _audit(arguments: argparse.Namespace, suite: Path, console: Console) -> int:
    from copilot.evaluation.audit import audit_keys
    from copilot.evaluation.report import audit_markdown
    from copilot.evaluation.suite import read_suite

    cases, broken = read_suite(suite, arguments.words[1:])
    seen = []
    for found in audit_keys(cases, suite, arguments.jobs):
        seen.append(found)
        console.note(f"{len(seen)} of {len(cases)}  {found.case}")
    console.print(audit_markdown(seen, broken).rstrip("\n"))
    return EXIT_REFUSED if any(it.disagreements for it in seen) or broken else EXIT_DONE


def _judge_history(arguments: argparse.Namespace, console: Console) -> int:
    import tempfile

    from copilot.evaluation.history import history_markdown, judge_history

    reports = []
    for place in arguments.history:
        console.note(f"mining {place}")
        with tempfile.TemporaryDirectory(prefix="copilot-eval-", ignore_cleanup_errors=True) as folder:
            reports.append(judge_history(place, Path(folder), arguments.commits))
        problem = f": {reports[-1].problem}" if reports[-1].problem else ""
        console.note(f"{reports[-1].name}: {len(reports[-1].cases)} commits{problem}")
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
    out = _out(arguments)
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


def _print(outcomes: Sequence[CaseOutcome], baseline: Baseline | None, form: str, out: Path, console: Console) -> None:
    from copilot.evaluation import report

    if form in ("json", "baseline"):
        console.print_json({"json": report.as_json, "baseline": report.as_baseline}[form](outcomes))
    elif form == "junit":
        console.print(report.junit(outcomes).rstrip("\n"))
    else:
        text = {"markdown": report.markdown, "html": report.page}[form](outcomes, baseline, out.resolve() / "proposals")
        console.print(text.rstrip("\n"))


def _exit_code(outcomes: Sequence[CaseOutcome], baseline: Baseline | None, least: float | None) -> int:
    from copilot.evaluation.report import SOLVED, ends_of_cases

    ends = ends_of_cases(outcomes)
    is_worse = any(was == SOLVED != ends.get(key, SOLVED) for key, was in (baseline or {}).items())
    is_under = least is not None and sum(it.is_solved for it in outcomes) < least * len(outcomes)
    return EXIT_REFUSED if is_worse or is_under else EXIT_DONE


def _end(outcome: CaseOutcome) -> str:
    if outcome.broken:
        return "could not be run"
    return f"fails at: {outcome.failed.gate}" if outcome.failed else "solved"


def _baseline(arguments: argparse.Namespace) -> Baseline:
    from copilot.evaluation.report import SUITE_VERSION
    from copilot.evaluation.suite import is_wanted

    name = arguments.baseline
    next = "Make one with: pipeline-copilot eval --format baseline > FILE"
    try:
        told = json.loads(Path(name).read_text("utf-8"))
        version = told["suite_version"]
        ends = told.get("ends", {}).items()
        found = {
            (case, planner): str(end)
            for planner, cases in ends
            for case, end in cases.items()
            if is_wanted(case, arguments.words)
        }
    except OSError as error:
        raise SurroundingsFailed(f"The baseline can't be read: {error.strerror}.", where=name) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WrongUsage("That is no baseline of the eval suite.", where=name, next=next) from None
    if version != SUITE_VERSION:
        what = f"The baseline is of version {version} of the suite, and this one is {SUITE_VERSION}: they can't be compared."
        raise WrongUsage(what, where=name, next=next)
    return found


def _out(arguments: argparse.Namespace) -> Path:
    return Path(arguments.out) if arguments.out else _cache_folder()


def _cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if root.startswith("/") else Path.home() / ".cache") / "pipeline-copilot" / "evals"
