"""What the user's own configuration says: which programs on this machine decode beside the two Python packages.
Which model is asked stands there too, and is read by `model_settings`.

It lies in the user's configuration folder or environment and never in a repository: what a repository says must not make
anything run.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.adapters.own_folder import own_folder
from copilot.errors import WrongUsage

JAVA_VARIABLE = "PIPELINE_COPILOT_JAVA_CLASSPATH"
AVSC_VARIABLE = "PIPELINE_COPILOT_AVSC"
_KEYS = {"java": ("classpath", "program"), "avsc": ("folder", "program")}
_ELSEWHERE = ("model",)
"""Tables that others read: `model_settings`."""
_SHAPE = 'Write [decoders.java] with classpath = ["/path/to/avro.jar", …], or [decoders.avsc] with folder = "/path".'


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """The class path of Avro for Java and the folder that avsc is found from, () and "" where none is named."""

    java_classpath: tuple[str, ...] = ()
    java_program: str = "java"
    avsc_folder: str = ""
    node_program: str = "node"


def own_settings(environ: Mapping[str, str], home: Path) -> OwnSettings:
    """Returns what the environment says, else what the user's file says; raises WrongUsage for what can't be understood."""
    path = own_settings_path(environ, home)
    decoders = _decoders(path)
    java, avsc = decoders.get("java", {}), decoders.get("avsc", {})
    classpath = environ.get(JAVA_VARIABLE, "").split(os.pathsep) if environ.get(JAVA_VARIABLE) else ()
    return OwnSettings(
        tuple(_absolute(entry, JAVA_VARIABLE, home) for entry in classpath if entry)
        or tuple(_absolute(entry, path, home) for entry in _texts(java.get("classpath", []), path)),
        _text(java.get("program", "java"), path),
        _absolute(environ.get(AVSC_VARIABLE, ""), AVSC_VARIABLE, home)
        or _absolute(_text(avsc.get("folder", ""), path), path, home),
        _text(avsc.get("program", "node"), path),
    )


def own_settings_path(environ: Mapping[str, str], home: Path) -> Path:
    """Returns where the user's own settings lie, if there are any."""
    return own_folder(environ, home) / "config.toml"


def own_tables(path: Path) -> dict[str, Any]:
    """Returns all that the file says, {} where there is none; raises WrongUsage for a file that can't be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"Your own settings can't be read: {error}.", where=path, next=_SHAPE) from None


def _decoders(path: Path) -> dict[str, dict[str, Any]]:
    tables = own_tables(path)
    decoders = tables.pop("decoders", {})
    unknown = [name for name in tables if name not in _ELSEWHERE]
    if isinstance(decoders, dict):
        unknown += [f"decoders.{name}" for name, table in decoders.items() if not _is_known(name, table)]
    if unknown or not isinstance(decoders, dict):
        raise WrongUsage(f"Your own settings have a part that is not known: {unknown}.", where=path, next=_SHAPE)
    return decoders


def _is_known(name: str, table: object) -> bool:
    return name in _KEYS and isinstance(table, dict) and set(table) <= set(_KEYS[name])


def _texts(value: object, path: Path) -> tuple[str, ...]:
    return tuple(_text(text, path) for text in (value if isinstance(value, list) else [value]))


def _text(value: object, path: Path) -> str:
    if not isinstance(value, str):
        raise WrongUsage(f"{value!r} is no text in your own settings.", where=path, next=_SHAPE)
    return value


def _absolute(entry: str, where: str | Path, home: Path) -> str:
    """Returns the entry with the home folder put in; a relative one would lead into whatever repository this runs in."""
    full = str(home / entry[2:]) if entry.startswith("~/") else entry
    if full and not os.path.isabs(full):
        raise WrongUsage(
            f'"{entry}" is not a full path.', where=where, next="Write it from the root of the machine on."
        )
    return full
