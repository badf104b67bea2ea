"""What do the line-based files run? Env files, Procfiles, systemd units, supervisord, Dockerfiles and shell scripts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from copilot.readers.commands import ReadText, options_of, programs_of, setting, words_of
from copilot.readers.deployment_facts import MAX_SETTINGS, MAX_UNITS, Setting, Unit
from copilot.readers.facts import Config
from copilot.readers.interpolation import shell_text
from copilot.readers.shell_variables import ShellVariables
from copilot.readers.templates import jinja_template
from copilot.readers.values import Value

MAX_LINES = 20_000
_ASSIGNED = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*\Z")
_PROCESS = re.compile(r"([A-Za-z_][\w-]*):\s*(.+)")
_SECTION = re.compile(r"\[(?:program:)?([^\]]+)\]")
_PAIRS = re.compile(r"""([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^,\s]*)""")
_EXPORT = re.compile(r"\s*(?:export|declare -x|setx?)\s+([A-Za-z_]\w*)=(.*)")
_STARTS_PYTHON = re.compile(
    r"(?:\s|^|/)(?:python[\d.]*|spark-submit|faust|celery|uvicorn|gunicorn|faststream)\s|docker run\s|(?:^|\s)\./\S+\.py\b"
)
_CLOUD_FUNCTION = re.compile(
    r"gcloud(?:\s+(?:alpha|beta))?\s+(?:functions\s+deploy|run\s+(?:jobs\s+)?(?:deploy|create|update))\s+[\"']?([\w${}-]+)"
)
_CHANGES_FOLDER = re.compile(r"\s*cd\s+[\"']?((?!/|-)[\w./-]+)[\"']?\s*(?:&&|;|\Z)")
_DOCKER_ENV = re.compile(r"""(?:-e|--env)[\s=]+(?:"([^"=]+)=([^"]*)"|'([^'=]+)=([^']*)'|([A-Za-z_]\w*)=(\S*))""")


def env_file(text: str) -> tuple[Unit, ...]:
    """Returns the unit of an env file."""
    settings = tuple(_assignments(*_filled_in_later(text)))[:MAX_SETTINGS]
    return (Unit("", (), 1, settings, kind="source"),) if settings else ()


def _assignments(text: str, read: ReadText) -> Iterator[Setting]:
    for number, line in _lines(text):
        found = _ASSIGNED.match(line)
        if found and not line.lstrip().startswith("#"):
            yield setting(found[1], _unquoted(found[2]), number, read)


def procfile(text: str) -> tuple[Unit, ...]:
    """Returns a unit for each process of a Procfile."""
    units = []
    for number, line in _lines(text):
        found = _PROCESS.match(line)
        if found:
            words = words_of(found[2])
            units.append(
                Unit(
                    found[1],
                    (found[1],),
                    number,
                    tuple(options_of(words, number, shell_text)),
                    programs=programs_of(words),
                )
            )
    return tuple(units[:MAX_UNITS])


def systemd_unit(text: str) -> tuple[Unit, ...]:
    """Returns the service of a systemd unit, which may be a template of Ansible's."""
    settings: list[Setting] = []
    takes: list[str] = []
    programs: tuple[str, ...] = ()
    start = 0
    text, read = _filled_in_later(text)
    for number, line in _joined_lines(text):
        key, equals, value = line.strip().partition("=")
        if not equals:
            continue
        if key == "Environment":
            settings += (setting(*word.partition("=")[::2], number, read) for word in words_of(value) if "=" in word)
        elif key == "EnvironmentFile":
            takes.append(value.lstrip("-").strip())
        elif key == "ExecStart" and not programs:
            words = words_of(value.lstrip("-@+!:"))
            programs, start = programs_of(words), number
            settings += options_of(words, number, read)
    return (Unit("", (), start, tuple(settings), programs=programs, takes=tuple(takes)),) if start else ()


def supervisor_programs(text: str) -> tuple[Unit, ...]:
    """Returns a unit for each program of a supervisord configuration."""
    units: list[Unit] = []
    name = ""
    text, read = _filled_in_later(text)
    for number, line in _joined_lines(text):
        section = _SECTION.match(line.strip())
        if section:
            name = section[1] if line.strip().startswith("[program:") else ""
            if name:
                units.append(Unit(name, (name,), number))
        elif name and line.strip().startswith("command"):
            words = words_of(line.partition("=")[2])
            options = tuple(options_of(words, number, read))
            units[-1] = units[-1]._replace(programs=programs_of(words), settings=(*units[-1].settings, *options))
        elif name and line.strip().startswith("environment"):
            pairs = (
                setting(found[1], _unquoted(found[2]), number, read)
                for found in _PAIRS.finditer(line.partition("=")[2])
            )
            units[-1] = units[-1]._replace(settings=(*units[-1].settings, *pairs))
    return tuple(units[:MAX_UNITS])


def dockerfile(text: str) -> tuple[Unit, ...]:
    """Returns what an image sets by itself (ENV, ARG with a default) and starts (ENTRYPOINT, CMD)."""
    settings: list[Setting] = []
    programs: tuple[str, ...] = ()
    arguments: dict[str, Setting] = {}
    copied: list[str] = []
    for number, line in _joined_lines(text):
        word, _, rest = line.strip().partition(" ")
        match word.upper():
            case "ENV":
                settings += _env_instruction(rest.strip(), number)
            case "ARG" if "=" in rest:
                name, _, default = rest.partition("=")
                arguments[name.strip()] = setting(name, _unquoted(default.strip()), number, shell_text)
            case "COPY" | "ADD" if "--from" not in rest:
                sources = [word.strip("/") for word in words_of(rest)[:-1] if not word.startswith("-")]
                copied += (source for source in sources if source.strip("./") and "*" not in source)
            case "CMD" | "ENTRYPOINT":
                words = words_of(re.sub(r'^\[|\]$|,(?=\s*")', " ", rest.strip()))
                programs = programs_of(words) or programs
                settings += options_of(words, number, shell_text)
    known = [(name, _defaulted(value, arguments), line) for name, value, line in settings]
    if not (known or programs or copied):
        return ()
    takes = tuple(dict.fromkeys(copied))
    return (Unit("", (), 1, tuple(known[:MAX_SETTINGS]), kind="image", programs=programs, takes=takes),)


def _env_instruction(rest: str, line: int) -> Iterator[Setting]:
    name, _, value = rest.partition(" ")
    if "=" not in name:
        yield setting(name, _unquoted(value.strip()), line, shell_text)
        return
    for word in words_of(rest):
        if "=" in word:
            yield setting(*word.partition("=")[::2], line, shell_text)


def _defaulted(value: Value, arguments: dict[str, Setting]) -> Value:
    """Returns a value with what an ARG gives in place of the bare reference to it."""
    if value is not None and value[0] == "env" and value[2] is None and value[1] in arguments:
        return arguments[value[1]][1]
    return value


def shell_script(text: str) -> tuple[Unit, ...]:
    """Returns what a script exports, with each command that starts Python or a container as a unit of its own."""
    exported: list[Setting] = []
    units: list[Unit] = []
    folder = ""
    variables = ShellVariables()
    read = variables.read
    for number, line in _joined_lines(text):
        if line.lstrip().startswith("#"):
            continue
        variables.note(line, number)
        if (moved := _CHANGES_FOLDER.match(line)) is not None:
            folder = posixpath.join(folder, moved[1])
        export = _EXPORT.match(line)
        if export:
            exported.append(setting(export[1], _unquoted(export[2].strip().partition(" #")[0]), number, read))
        elif (function := _CLOUD_FUNCTION.search(line)) is not None:
            units.append(_cloud_function(function[1], words_of(line), number, variables))
        elif _STARTS_PYTHON.search(line):
            words = words_of(line)
            own = [*options_of(words, number, read), *_container_settings(line, number, read)]
            programs = programs_of(words)
            if programs or own:
                hints = tuple(dict.fromkeys(programs if "docker run" in line else ()))
                units.append(Unit("", hints, number, (*exported, *own), programs=programs, context=folder))
    if not units and exported:
        units.append(Unit("", (), exported[0][2], tuple(exported), kind="source"))
    return tuple(units[:MAX_UNITS])


def _cloud_function(name: str, words: list[str], line: int, variables: ShellVariables) -> Unit:
    """Returns the function that `gcloud functions deploy` deploys, with its environment and the topic that feeds it.

    Without a source it is what lies in the folder: its context is ".".
    """
    options = {key: text_of_option for key, text_of_option, _ in options_of(words, line, lambda text, _: ("s", text))}
    texts = {key: str(value[1]) for key, value in options.items() if value is not None}
    topic = texts.get("--trigger-topic", "")
    read = variables.read(topic, line) if topic else None
    fed = (Config("event:topic", "consumes", read, None, None, line),) if topic else ()
    listed = ",".join(texts.get(option, "") for option in ("--set-env-vars", "--update-env-vars"))
    pairs = (pair.partition("=") for pair in listed.split(",") if "=" in pair)
    settings = tuple(setting(key, text, line, variables.read) for key, _, text in pairs)
    source = variables.plain(texts.get("--source", "")).rstrip("/")
    name = variables.plain(name) or name
    told = (source.rpartition("/")[2], name, variables.plain(texts.get("--entry-point", "")))
    hints = tuple(dict.fromkeys(hint for hint in told if hint.strip(".")))
    return Unit(name, hints, line, settings, fed, context="" if source.strip(".") or "--image" in texts else ".")


def _container_settings(line: str, number: int, read: ReadText) -> Iterator[Setting]:
    for found in _DOCKER_ENV.finditer(line):
        name = found[1] or found[3] or found[5]
        yield setting(name, found[2] or found[4] or found[6] or "", number, read)


def _filled_in_later(text: str) -> tuple[str, ReadText]:
    """Returns a text with holes where Ansible puts something in, and how its words are read."""
    if "{{" not in text and "{%" not in text:
        return text, shell_text
    template = jinja_template(text)
    return template.text, template.read


def _lines(text: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(text.splitlines()[:MAX_LINES], 1)


def _joined_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yields the lines, those that end in a backslash joined with what follows, and indented ones of INI files, too."""
    pending, start = "", 0
    for number, line in _lines(text):
        start = start or number
        if line.rstrip().endswith("\\"):
            pending += line.rstrip()[:-1] + " "
            continue
        yield start, pending + line
        pending, start = "", 0
    if pending:
        yield start, pending


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
