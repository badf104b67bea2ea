"""What do Ansible's plays and tasks run, with which variables, and which files do they put where?

A play is a unit of kind "play": its name is the pattern of its hosts, its settings are its variables, `takes` the files with more
of them, `hints` the roles that it has. One for each role that is given variables of its own. What it runs itself stands in units
whose `base` is the number of the play. A file that is put somewhere is a unit of kind "placed": `base` says where, `takes` what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.readers.commands import options_of, programs_of, setting, words_of
from copilot.readers.deployment_facts import MAX_UNITS, MAX_VARIABLES, DeploymentFacts, Setting, Unit
from copilot.readers.interpolation import jinja_text
from copilot.readers.manifests import Units, environment_keys, environment_of, scalars_of
from copilot.readers.templates import jinja_template
from copilot.readers.yaml_text import Entry, items_of, read_yaml, text_of

PLAY, PLACED, GROUP = "play", "placed", "group"
MAX_GROUPS_DEEP = 10
_PLACING = frozenset({"template", "copy"})
_COMMANDS = frozenset({"command", "shell"})
_ROLES = frozenset({"include_role", "import_role"})
_TASKS = ("pre_tasks", "tasks", "post_tasks", "handlers")
_IN_ONE_LINE = re.compile(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S+)")
_GROUP = re.compile(r"\[([\w.-]+):vars\]")
_YAML_GROUP = re.compile(
    r"^[\w.-]+:(?:[ \t]*\{[ \t]*|[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*[ \t]+)(?:hosts|children|vars):", re.MULTILINE
)
_RESOURCE = re.compile(r"^(?:kind|apiVersion):", re.MULTILINE)
_PLAY = re.compile(r"^- (?:.*\n  )*?hosts:", re.MULTILINE)


def says_plays(text: str) -> bool:
    """Tells, cheaply, whether a file may be a playbook."""
    return "hosts:" in text and _PLAY.search(text) is not None


def says_inventory(text: str) -> bool:
    """Tells, cheaply, whether a YAML file may hold groups of hosts; routes of Kubernetes name hosts, too."""
    return _YAML_GROUP.search(text) is not None and _RESOURCE.search(text) is None


def read_tasks(text: str) -> DeploymentFacts:
    """Returns what a file of tasks runs and puts somewhere."""
    found = [unit for document in read_yaml(text) for unit in _tasks(document)]
    return DeploymentFacts(tuple(found[:MAX_UNITS]))


def read_inventory(text: str) -> DeploymentFacts:
    """Returns the groups of an inventory that have variables, as units of kind "group"."""
    if says_inventory(text):
        units = [unit for document in read_yaml(text) for unit in _groups(document, 0)]
    else:
        units = list(_groups_of_ini(text.splitlines()))
    return DeploymentFacts(tuple(units[:MAX_UNITS]), family="inventory")


def _groups_of_ini(lines: list[str]) -> Iterator[Unit]:
    group, start, found = "", 0, list[Setting]()
    for number, line in enumerate((*lines, "[]"), 1):
        if line.startswith("["):
            if group and found:
                yield Unit(group, (), start, tuple(found), kind=GROUP)
            opened = _GROUP.match(line)
            group, start, found = (opened[1] if opened else ""), number, []
        elif group and "=" in line and not line.startswith(("#", ";")):
            name, _, text = line.partition("=")
            found.append(setting(name, text.strip().strip("\"'"), number, jinja_text))


def _groups(entry: Entry, depth: int) -> Iterator[Unit]:
    for name, group in entry.value.items() if isinstance(entry.value, dict) and depth < MAX_GROUPS_DEEP else ():
        if isinstance(group.value, dict):
            if settings := tuple(_variables(group)):
                yield Unit(name, (), group.line, settings, kind=GROUP)
            children = group.value.get("children")
            yield from _groups(children, depth + 1) if children is not None else ()


def read_plays(text: str) -> DeploymentFacts:
    """Returns the plays of a playbook."""
    units: list[Unit] = []
    for document in read_yaml(text):
        plays = [play for play in items_of(document) if "hosts" in play.value]
        for number, play in enumerate(plays):
            own = [unit for key in _TASKS if key in play.value for unit in _tasks(play.value[key])]
            around = tuple(_environment(play))
            units += (one._replace(base=str(number), settings=(*around, *one.settings)) for one in own if not one.kind)
            units += (one for one in own if one.kind == PLACED)
            units += _play(play, str(number), [unit for unit in own if unit.kind == PLAY])
    return DeploymentFacts(tuple(units[:MAX_UNITS]), family="tasks" if units else "")


def _play(play: Entry, number: str, included: list[Unit]) -> Iterator[Unit]:
    hosts, roles = play.value["hosts"], play.value.get("roles")
    pattern = text_of(hosts) or ",".join(text_of(one) for one in hosts.value if isinstance(one.value, str))
    variables = tuple(_variables(play))
    files = play.value.get("vars_files")
    takes = tuple(text_of(one) for one in (files.value if files is not None and isinstance(files.value, list) else ()))
    base = Unit(pattern, (), play.line, variables, kind=PLAY, takes=tuple(filter(None, takes)), base=number)
    plain = [text_of(one) for one in (roles.value if roles is not None and isinstance(roles.value, list) else ())]
    yield base._replace(hints=tuple(filter(None, plain)))
    for role in items_of(roles):
        name = text_of(role.value.get("role")) or text_of(role.value.get("name"))
        given = (*_variables(role), *_scalars(role))
        yield base._replace(hints=(name,), line=role.line, settings=(*variables, *given))
    for unit in included:
        yield base._replace(hints=unit.hints, line=unit.line, settings=(*variables, *unit.settings))


def _variables(entry: Entry) -> Iterator[Setting]:
    held = entry.value.get("vars")
    for one in (held, *items_of(held)):
        if one is not None and isinstance(one.value, dict):
            yield from scalars_of(one, "", jinja_text)


def _scalars(role: Entry) -> Iterator[Setting]:
    """Yields the variables that are written beside a role's name."""
    named = {
        key: one
        for key, one in role.value.items()
        if isinstance(one.value, str) and key not in ("role", "name", "when")
    }
    return scalars_of(Entry(named, role.line), "", jinja_text)


def _environment(entry: Entry) -> Iterator[Setting]:
    return (one for key in environment_keys(entry) for one in environment_of(entry.value[key], jinja_text))


def _tasks(entry: Entry) -> Iterator[Unit]:
    """Yields what a list of tasks runs, with the tasks in its blocks."""
    units = Units(jinja_text)
    units.walk(entry, ())
    yield from units.units()
    for task in _each(entry):
        for key, given in task.value.items():
            module = key.rpartition(".")[2]
            if module in _PLACING:
                yield from _placed(given)
            elif module in _ROLES and isinstance(given.value, dict):
                hints = (text_of(given.value.get("name")),)
                yield Unit("", hints, task.line, tuple(_variables(task))[:MAX_VARIABLES], kind=PLAY)
            elif module in _COMMANDS:
                yield from _command(task, given)


def _each(entry: Entry) -> Iterator[Entry]:
    for task in items_of(entry):
        yield task
        for key in ("block", "rescue", "always"):
            if key in task.value:
                yield from _each(task.value[key])


def _placed(given: Entry) -> Iterator[Unit]:
    if isinstance(given.value, dict):
        source, target = text_of(given.value.get("src")), text_of(given.value.get("dest"))
    else:
        parts = {found[1]: found[2].strip("\"'") for found in _IN_ONE_LINE.finditer(text_of(given))}
        source, target = parts.get("src", ""), parts.get("dest", "")
    if source and target:
        yield Unit(source, (), given.line, kind=PLACED, base=target, takes=(source,))


def _command(task: Entry, given: Entry) -> Iterator[Unit]:
    """Yields the program of Python's that a task starts."""
    written = given.value.get("cmd") if isinstance(given.value, dict) else given
    template = jinja_template(text_of(written))
    words = words_of(template.text)
    programs = [one for one in programs_of(words) if one.startswith("-m ") or one.endswith(".py")]
    if programs:
        settings = (*_environment(task), *options_of(words, given.line, template.read))
        yield Unit(text_of(task.value.get("name")), (), given.line, settings, programs=tuple(programs))
