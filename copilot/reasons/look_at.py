"""Which files should a person look at by hand beside what an alternative changes? The same few for every face.

They come from the ranking of `impact`, as the proposal's reading holds it. It is no evidence: it also looks at the log, of which
clones hold more or less, so no claim cites it and nothing that is signed covers it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from copilot.domain.codec import canonical
from copilot.domain.impacted import ElsewhereFile, ImpactedFile, files_left, files_reached
from copilot.domain.operation import operation_object
from copilot.domain.proposal import Proposal
from copilot.reasons.said import framed_by

LOOK_SHOWN = 5
LOOK_PROBABILITY_MIN = 0.05
"""One in twenty: below it a file is only counted, unless there are few or nothing likelier is shown; `impact` lists it."""
NOTE = (
    "Likely, not proved: ranked by the names that files hold and by what changed together before, as far as the log of this"
    " clone goes. No verdict rests on it."
)


@dataclass(frozen=True, slots=True)
class LookAt:
    """`left` probably have to change, and the alternative does without them; `look` are worth a look, `more` are as well.

    `warnings` say what the ranking didn't find; `beyond` are files of other repositories that name the field.
    """

    left: tuple[ImpactedFile, ...]
    look: tuple[ImpactedFile, ...]
    more: int
    warnings: tuple[str, ...]
    beyond: tuple[ElsewhereFile, ...] = ()


def look_at(proposal: Proposal, alternative: str, shown: int = LOOK_SHOWN) -> LookAt:
    """Returns the files for one alternative; for "", as where nothing is chosen, those for any."""
    found = proposal.reading.impacted if proposal.reading else None
    if found is None:
        return LookAt((), (), 0, ())
    reached = (
        files_reached(proposal.alternative(alternative), proposal.patches_of(alternative))
        if alternative
        else frozenset[str]()
    )
    left = files_left(found, reached)
    look = tuple(it for it in found.files if it.list == "look" and it.path not in reached)
    likely = tuple(it for it in look if it.probability >= LOOK_PROBABILITY_MIN)
    worth = (likely if len(look) > shown and (likely or left) else look)[:shown]
    beyond = tuple(it for it in found.elsewhere if it.is_guess)
    return LookAt(left, worth, len(look) - len(worth), found.warnings, beyond)


def impact_command(proposal: Proposal) -> str:
    """Returns the command that lists all files: in the request's words, or by its operations where those alone are sure."""
    request = proposal.request
    words = "; ".join(line.strip(" ;") for line in request.text.splitlines() if line.strip(" ;"))
    if words and not framed_by(proposal):
        return f"pipeline-copilot impact {shlex.quote(words)}"
    operations = canonical([operation_object(it) for it in request.operations])
    return f"pipeline-copilot impact --operation {shlex.quote(operations)}"


def beyond_words(it: ElsewhereFile) -> str:
    """Returns what is known of a file of another repository that names the field."""
    owner = f" (owner {it.owner})" if it.owner else ""
    return f"{'; '.join(it.reasons)}; whether it reads them is not known{owner}"


def why(it: ImpactedFile, count: int = 4) -> str:
    """Returns the weightiest reasons as one phrase."""
    return "; ".join(it.reasons[:count])
