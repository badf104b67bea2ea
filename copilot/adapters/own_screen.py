"""How a person wants the screens to look: kept in the user's own configuration folder, never in a repository."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copilot.adapters.own_folder import own_folder
from copilot.errors import SurroundingsFailed

FILE = "screen.toml"


@dataclass(frozen=True, slots=True)
class Look:
    """The name of a theme ("" for the usual one), whether only ASCII is drawn, and whether there are colours at all."""

    theme: str = ""
    is_ascii: bool = False
    has_colour: bool = True


def kept_look(environ: Mapping[str, str], home: Path) -> Look:
    """Returns the look that was chosen last; what can't be read or is not known is the usual one, for colours keep nobody out."""
    try:
        text = look_path(environ, home).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Look()

    import tomllib  # no first frame waits for it where nobody chose a look

    try:
        known = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return Look()
    theme, is_ascii, has_colour = known.get("theme"), known.get("ascii"), known.get("colour")
    return Look(theme if isinstance(theme, str) else "", is_ascii is True, has_colour is not False)


def keep_look(look: Look, environ: Mapping[str, str], home: Path) -> None:
    """Writes the look down; raises SurroundingsFailed where that fails."""
    path = look_path(environ, home)
    # A JSON string of ASCII is a TOML string, too.
    lines = (
        f"theme = {json.dumps(look.theme)}",
        f"ascii = {_word(look.is_ascii)}",
        f"colour = {_word(look.has_colour)}",
    )
    aside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text("\n".join(lines) + "\n", "utf-8")
        os.replace(aside, path)
    except OSError as error:
        raise SurroundingsFailed(f"The look can't be kept: {error.strerror}.", where=path) from None


def look_path(environ: Mapping[str, str], home: Path) -> Path:
    """Returns where the look lies, beside the user's own settings."""
    return own_folder(environ, home) / FILE


def speaks_unicode(environ: Mapping[str, str]) -> bool:
    """Tells whether the terminal's encoding, as the environment says it, can show more than ASCII; yes where it says nothing."""
    said = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    return not said or "utf8" in said.lower().replace("-", "")


def _word(value: bool) -> str:
    return "true" if value else "false"
