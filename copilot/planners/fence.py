"""Puts foreign text into a prompt as data: capped, between marks that it can't forge, what was neutralised made visible.

The marks carry a digest of the text. The same marks inside it, and those by which chat templates part turns, are written so that
they are none. Control, bidirectional and zero-width characters become visible escapes, as wherever a person reads. What looks like
a secret leaves a mark in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.domain.codec import digest_of_text
from copilot.domain.prompt import Prompt
from copilot.domain.secret_text import without_secrets
from copilot.domain.visible import visible
from copilot.errors import WrongUsage

DATA_LENGTH_MAX = 24_000
"""Characters of one piece of data; what is longer is cut, and says so."""
_SPARE_LENGTH = 400
_MARK = re.compile(
    r"<(?=/?data\b"
    # What chat templates mark turns and calls with: many servers read it as such wherever it stands.
    r"|\|[\w ]{1,40}\|>|/?(?:s|bos|eos|start_of_turn|end_of_turn|tool_call|tool_response|think)>|<SYS>>|</SYS>>)"
    r"|\[(?=/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT)\])",
    re.IGNORECASE,
)
_NO_MARK = {"<": "‹", "[": "⁅"}
PLACE = re.compile(r"\{\{(\w+)\}\}")


def fenced(name: str, text: str, length_max: int = DATA_LENGTH_MAX) -> str:
    """Returns a text between marks that say what it is; equal texts give equal marks, so that a server's cache holds."""
    # Cut last, since an escape is longer than what it stands for, and half a secret has no look by which it is known.
    whole = visible(_MARK.sub(lambda mark: _NO_MARK[mark[0]], without_secrets(text[: length_max + _SPARE_LENGTH])))
    cut = max(len(text) - length_max, len(whole) - length_max)
    plain = whole[:length_max] + (f"\n[{cut} more characters are not shown]" if cut > 0 else "")
    id = digest_of_text(text)[:8]
    return f'<data name="{name}" id="{id}">\n{plain}\n</data id="{id}">'


def filled(prompt: Prompt, inputs: Mapping[str, str]) -> str:
    """Returns a prompt's user text with every place filled by fenced data; raises WrongUsage where inputs and places differ."""
    if set(inputs) != set(prompt.inputs):
        missing, unused = sorted(set(prompt.inputs) - set(inputs)), sorted(set(inputs) - set(prompt.inputs))
        raise WrongUsage(f'Prompt "{prompt.id}" lacks the inputs {missing}, and has no place for {unused}.')
    return PLACE.sub(lambda found: fenced(found[1], inputs[found[1]]), prompt.user)
