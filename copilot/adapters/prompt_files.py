"""Where prompts lie: the wheel carries them inside the package, a checkout beside it."""

from __future__ import annotations

from pathlib import Path

import copilot
from copilot.domain.model import PromptSource
from copilot.domain.prompt import Prompt
from copilot.errors import WrongUsage
from copilot.planners.prompt_text import PromptFile, parse_prompt

IDS = ("frame", "alternatives", "critic", "words", "probe")
"""The prompts that the product asks with."""


def built_in_folder() -> Path:
    """Returns the folder of the prompts that come with this program."""
    package = Path(copilot.__file__).parent
    inside = package / "prompts"
    return inside if inside.is_dir() else package.parent / "prompts"


def read_prompt_file(folder: Path, id: str, source: PromptSource) -> PromptFile:
    """Reads the prompt of that id in a folder; raises WrongUsage where it is missing or not well made."""
    path = folder / f"{id}.md"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f'The prompt "{id}" can\'t be read: {error}.', where=path) from None
    found = parse_prompt(text, str(path), source)
    if found.prompt.id != id:
        raise WrongUsage(f'The prompt "{found.prompt.id}" lies in the file of another one.', where=path)
    return found


class PromptFiles:
    """The prompts by id, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Prompt] = {}

    def __call__(self, id: str) -> Prompt:
        if id not in IDS:
            raise WrongUsage(f'There is no prompt "{id[:80]}".', next=f"The prompts are {', '.join(IDS)}.")
        if id not in self._read:
            self._read[id] = read_prompt_file(self._folder, id, "built in").prompt
        return self._read[id]
