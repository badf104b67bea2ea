"""What do the services of a compose file run?"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.readers.commands import options_of, programs_of
from copilot.readers.deployment_facts import MAX_UNITS, Mount, Unit
from copilot.readers.interpolation import shell_text
from copilot.readers.manifests import command_words, environment_of, image_of
from copilot.readers.yaml_text import Entry, items_of, text_of


def compose_units(root: Entry) -> Iterator[Unit]:
    """Yields the services of a compose file."""
    services = root.value.get("services")
    if services is None or not isinstance(services.value, dict):
        return
    for name, service in list(services.value.items())[:MAX_UNITS]:
        if isinstance(service.value, dict):
            yield _service(name, service)._replace(mounts=tuple(_mounts(service, root.value.get("configs"))))


def _service(name: str, service: Entry) -> Unit:
    parts: dict[str, Entry] = service.value
    build, environment = parts.get("build"), parts.get("environment")
    built = {} if build is None else build.value if isinstance(build.value, dict) else {"context": build}
    started = [parts[key] for key in ("entrypoint", "command") if key in parts]
    words = [word for entry in started for word in command_words(entry)]
    settings = [*options_of(words, started[-1].line if started else service.line, shell_text)]
    settings += environment_of(environment, shell_text) if environment is not None else ()
    return Unit(
        name,
        tuple(dict.fromkeys(hint for hint in (name, image_of(parts.get("image"))) if hint)),
        service.line,
        tuple(settings),
        context=(text_of(built.get("context")) or ".") if build is not None else "",
        dockerfile=text_of(built.get("dockerfile")),
        programs=programs_of(words),
        takes=tuple(_env_files(parts.get("env_file"))),
        base=_base(parts.get("extends")),
    )


def _mounts(service: Entry, configs: Entry | None) -> Iterator[Mount]:
    """Yields the files and folders beside the compose file that a service has mounted."""
    volumes, given = service.value.get("volumes"), service.value.get("configs")
    for volume in volumes.value if volumes is not None and isinstance(volumes.value, list) else ():
        if isinstance(volume.value, dict):
            source, target = text_of(volume.value.get("source")), text_of(volume.value.get("target"))
        else:
            source, _, rest = text_of(volume).partition(":")
            target = rest.partition(":")[0]
        if source.startswith(".") and target.startswith("/"):
            yield target, source
    stated = configs.value if configs is not None and isinstance(configs.value, dict) else {}
    for config in items_of(given):
        named = stated.get(text_of(config.value.get("source")))
        file = text_of(named.value.get("file")) if named is not None and isinstance(named.value, dict) else ""
        if file and (target := text_of(config.value.get("target"))):
            yield target, file


def _env_files(entry: Entry | None) -> Iterator[str]:
    if entry is not None and isinstance(entry.value, list):
        for item in entry.value:
            path = text_of(item.value.get("path")) if isinstance(item.value, dict) else text_of(item)
            if path:
                yield path
    elif text_of(entry):
        yield text_of(entry)


def _base(entry: Entry | None) -> str:
    if entry is None or not isinstance(entry.value, dict):
        return f"#{text_of(entry)}" if text_of(entry) else ""
    return f"{text_of(entry.value.get('file'))}#{text_of(entry.value.get('service'))}"
