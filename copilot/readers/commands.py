"""What does a command line start, and which options does it set? `python -m pkg.job --topic orders` is a module and a setting.

Options are settings under their own names ("--topic"), because that is where the code reads them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence

from copilot.readers.deployment_facts import Setting, may_keep
from copilot.readers.values import Value

MAX_WORDS = 200
MAX_PROGRAMS = 4
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_MODULE_AND_OBJECT = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(\))?\Z")
_APP_OPTIONS = frozenset({"-A", "--app"})
_NO_JOBS = frozenset(
    {"pytest", "pip", "pip3", "flake8", "mypy", "black", "ruff", "tox", "nox", "coverage", "sphinx", "venv"}
)
_CHORES = frozenset(
    {
        "migrate",
        "makemigrations",
        "collectstatic",
        "createsuperuser",
        "loaddata",
        "dumpdata",
        "test",
        "check",
        "flush",
        "shell",
    }
)
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_STARTERS = frozenset({"python", "python2", "python3", "pypy3", "spark-submit", "streamlit", "flink"})
_COMMAND = re.compile(r"-[a-z]*c")
"""The option of a shell whose word is a command: `-c`, `-lc`, `-exc`."""

_ENDS = frozenset({"|", "||", "&", "&&", ";", "\\"})

ReadText = Callable[[str, int], Value]


def words_of(command: str) -> list[str]:
    """Returns the words of a command line; one that no shell could read is parted at spaces."""
    text = command.replace("\\\n", " ")
    try:
        return shlex.split(text, comments=True)[:MAX_WORDS]
    except ValueError:
        return text.split()[:MAX_WORDS]


def programs_of(words: Sequence[str]) -> tuple[str, ...]:
    """Returns the modules ("-m pkg.job"), scripts ("app/job.py", "run.sh") and names that a command starts, most telling first."""
    told: list[str] = []
    plain: list[str] = []
    before = ""
    for word in _flat(words):
        name = word.rpartition("/")[2]
        if before == "-m" or before in _APP_OPTIONS:
            if word.partition(".")[0] in _NO_JOBS:
                return ()
            told.append(f"-m {word.partition(':')[0]}")
        elif name in _NO_JOBS or (name == "manage.py" and not _CHORES.isdisjoint(words)):
            return ()
        elif word.endswith((".py", ".sh", ".bash")) and before not in ("-c", "--config"):
            told.append(word)
        elif (found := _MODULE_AND_OBJECT.match(word)) and "." not in word.rpartition(":")[2]:
            told.append(f"-m {found[1]}")
        elif (
            not plain and re.fullmatch(r"[A-Za-z][\w.-]*", name) and name not in _STARTERS and not word.startswith("-")
        ):
            plain.append(name)
        before = word
    return tuple(dict.fromkeys([*told, *([] if told else plain)]))[:MAX_PROGRAMS]


def options_of(words: Sequence[str], line: int, read: ReadText) -> Iterator[Setting]:
    """Yields the options of a command with their values, and the variables that are set in front of it."""
    flat = _flat(words)
    is_in_front = True
    yield from _positional(flat, line, read)
    for position, word in enumerate(flat):
        if is_in_front and _ASSIGNMENT.match(word):
            name, _, text = word.partition("=")
            yield setting(name, text, line, read)
            continue
        is_in_front = is_in_front and word == "env"
        if word.startswith("--") and "=" in word:
            name, _, text = word.partition("=")
            yield setting(name, text, line, read)
        elif re.fullmatch(r"--?[A-Za-z][\w-]*", word) and word not in ("-m", "-u", "-c", "-O"):
            following = flat[position + 1] if position + 1 < len(flat) else ""
            if following and not following.startswith("-"):
                yield setting(word, following, line, read)


def positions_of(words: Sequence[str], line: int, read: ReadText) -> Iterator[Setting]:
    """Yields the words that are neither options nor their values, as "argv[1]" and so on."""
    count, before = 0, ""
    for word in words:
        if word in _ENDS or word.startswith((">", "2>", "<")):
            return
        is_plain = not word.startswith("-") and not re.fullmatch(r"--?[A-Za-z][\w-]*", before)
        before = word
        if is_plain:
            count += 1
            yield setting(f"argv[{count}]", word, line, read)


def _positional(flat: Sequence[str], line: int, read: ReadText) -> Iterator[Setting]:
    """Yields what follows the script or module that a command of Python's starts."""
    for position, word in enumerate(flat):
        is_module = position > 0 and flat[position - 1] == "-m"
        if word.endswith(".py") or (is_module and word.partition(".")[0] not in _NO_JOBS):
            if word.rpartition("/")[2] != "manage.py":
                yield from positions_of(flat[position + 1 :], line, read)
            return


def setting(name: str, text: str, line: int, read: ReadText) -> Setting:
    """Returns a setting with its value, or without where the value is a secret's."""
    return name.strip(), read(text, line) if may_keep(name, text) else None, line


def _flat(words: Sequence[str]) -> list[str]:
    """Returns the words, those of a command for a shell (`sh -c "..."`) in its place."""
    flat: list[str] = []
    for word in words:
        if _COMMAND.fullmatch(word) and flat and flat[-1].rpartition("/")[2] in _SHELLS:
            flat.pop()
        else:
            flat.extend(words_of(word) if " " in word else (word,))
    return flat[:MAX_WORDS]
