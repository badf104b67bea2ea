"""A text in the person's own editor: a temporary file outside of the repository, and no shell in between."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from copilot.errors import SurroundingsFailed, WrongUsage

VARIABLES = ("VISUAL", "EDITOR")
NEXT = "Name one that waits until you are done, such as: export EDITOR=nano, or EDITOR='code --wait'."


def editor_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the words of the editor's command; raises WrongUsage where none is named."""
    for variable in VARIABLES:
        command = environment.get(variable, "").strip()
        if not command:
            continue
        try:
            return tuple(shlex.split(command))
        except ValueError:
            raise WrongUsage(f"${variable} can't be understood as a command: {command}", next=NEXT) from None
    raise WrongUsage("No editor is named: neither $VISUAL nor $EDITOR is set.", next=NEXT)


def edited(text: str, name: str, command: tuple[str, ...]) -> str:
    """Returns what a person made of the text; the file is called `name`. Raises SurroundingsFailed where the editor failed."""
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-") as folder:
        file = Path(folder) / name
        file.write_text(text, "utf-8", newline="")
        try:
            done = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            what = f"The editor {command[0]} can't be started: {error.strerror}."
            raise SurroundingsFailed(what, next=NEXT) from None
        if done.returncode:
            what = f"The editor {command[0]} ended with {done.returncode}, so nothing is taken from it."
            raise SurroundingsFailed(what, next="Edit again, and leave the editor without an error.")
        try:
            return file.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise SurroundingsFailed(
                f"What the editor left can't be read: {error}.", next="Save it as UTF-8."
            ) from None
