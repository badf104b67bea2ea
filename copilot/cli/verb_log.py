"""`log`: lists the proposals of a repository, newest first, and before them those that were put off and are due."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import TYPE_CHECKING

from copilot.cli.arguments import add_format, add_repository
from copilot.cli.console import Console
from copilot.cli.layout import columns, wrapped
from copilot.domain.codec import encode
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE
from copilot.proposals.past import Past, deed_words, is_about, refused_words
from copilot.reasons.said import came_of
from copilot.reasons.words import asked_words, postponed_words

if TYPE_CHECKING:
    from copilot.proposals import Workspace

NONE_YET = 'No proposals yet. "pipeline-copilot propose" makes one.'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_repository(parser)
    add_format(parser, "text", "json")
    parser.add_argument(
        "--search",
        metavar="WORDS",
        default="",
        help="only proposals and committed records that hold all words: in the request, subjects, alternatives, reasons or notes",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from copilot.proposals import Workspace

    workspace = Workspace.open(arguments.repository)
    if arguments.search.strip():
        return _search(workspace, arguments.search, arguments.format, console)
    proposals = workspace.newest()
    due = frozenset(it.id for it in proposals if workspace.is_due(it))
    talks = workspace.talks()[::-1]
    damaged = (*workspace.damaged(), *workspace.damaged_talks())
    for error in damaged:
        console.report(error)
    if arguments.format == "json":
        console.print_json(
            {
                "version": 1,
                "proposals": [_row_json(proposal, due) for proposal in proposals],
                "talks": [_talk_json(it) for it in talks],
            }
        )
    elif proposals or talks:
        carried_on = {it.continued.of for it in proposals if it.continued and it.applied}
        rows = [*(_row(proposal, carried_on, due) for proposal in proposals), *map(_talk_row, talks)]
        console.print("\n".join(columns(rows)))
    elif not damaged:
        console.note(NONE_YET)
    return EXIT_DONE


def _search(workspace: Workspace, words: str, format: str, console: Console) -> int:
    found = [it for it in workspace.decisions() if is_about(it, words)]
    if format == "json":
        console.print_json({"version": 1, "decisions": [_past_json(it) for it in found]})
        return EXIT_DONE
    for past in found:
        console.print("\n".join(_past_lines(past)))
    if not found:
        console.note(f'Nothing that was asked here or recorded in this commit holds "{words}".')
    return EXIT_DONE


def _past_lines(past: Past) -> list[str]:
    place = f"  (record {past.source})" if past.source else ""
    lines = wrapped(f"{past.asked}{place}", f"{past.id}  {past.state:10}{past.at[:10]}  ", "    ")
    lines += [line for it in past.deeds for line in wrapped(deed_words(it), "    ", "      ")]
    return lines + [line for it in past.refused for line in wrapped(refused_words(it), "    ", "      ")]


def _past_json(past: Past) -> dict[str, object]:
    return {
        "proposal": past.id,
        "state": past.state,
        "at": past.at,
        "request": past.asked,
        "base": past.base,
        "record": past.source or None,
        "deeds": [{"act": it.word, "at": it.at, "by": it.by, "note": it.note} for it in past.deeds],
        "alternatives": [
            {
                "id": it.id,
                "title": it.title,
                "strategy": it.strategy,
                "outcome": it.outcome,
                "rule": it.rule,
                "claims": list(it.why),
            }
            for it in past.ways
        ],
    }


def _row(proposal: Proposal, carried_on: Collection[str], due: Collection[str]) -> tuple[str, ...]:
    asked = asked_words(proposal.request)
    if proposal.continued:
        asked += f", from phase {proposal.continued.phase + 1} of {proposal.continued.phases}"
    facts = [f"branch {proposal.applied[-1].branch}"] if proposal.applied else []
    if proposal.state == "applied" and proposal.id not in carried_on:
        applied = proposal.applied[-1]
        left = proposal.alternative(applied.alternative).phases[applied.phase + 1 :]
        facts += [f"next: {left[0].name}"] if left else []
    if proposal.state == "postponed" and proposal.postponed:
        facts += [postponed_words(proposal.postponed).removeprefix("postponed ")]
    trials = [followed for deed, _, followed in proposal.probed.trials[1:]] if proposal.probed else []
    facts += [f"the model's reason followed in {sum(trials)} of {len(trials)} trials"] if trials else []
    return (
        proposal.id,
        "due" if proposal.id in due else proposal.state,
        proposal.request.commit[:9],
        asked + (f"  ({'; '.join(facts)})" if facts else ""),
    )


def _talk_row(talk: Proposal) -> tuple[str, ...]:
    return (
        talk.id,
        came_of(talk),
        talk.request.commit[:9],
        f"{asked_words(talk.request)}  (no proposal: show {talk.id})",
    )


def _talk_json(talk: Proposal) -> dict[str, object]:
    return {"talk": talk.id, "outcome": came_of(talk), "commit": talk.request.commit, "text": talk.request.text}


def _row_json(proposal: Proposal, due: Collection[str]) -> dict[str, object]:
    return {
        "proposal": proposal.id,
        "state": proposal.state,
        "commit": proposal.request.commit,
        "text": proposal.request.text,
        "chosen": proposal.decision.chosen if proposal.decision else None,
        "branch": proposal.applied[-1].branch if proposal.applied else None,
        "postponed": encode(proposal.postponed) if proposal.postponed else None,
        "is_due": proposal.id in due,
    }
