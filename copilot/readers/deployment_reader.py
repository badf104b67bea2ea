"""What does a deployment file say? The kind of file tells which reader answers; none of them raises for what stands in it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from functools import partial

from copilot.readers.ansible_text import read_inventory, read_plays, read_tasks, says_inventory, says_plays
from copilot.readers.cloud_templates import cloud_units, is_cloud_template
from copilot.readers.commands import ReadText
from copilot.readers.compose_text import compose_units
from copilot.readers.config_map_files import content_unit
from copilot.readers.dag_text import read_dag
from copilot.readers.deployment_facts import (
    MAX_SETTINGS,
    MAX_UNITS,
    MAX_VARIABLES,
    DeploymentFacts,
    Setting,
    Unit,
    dump_deployment,
)
from copilot.readers.deployment_kinds import FILLED_IN
from copilot.readers.go_template import VALUES, read_template
from copilot.readers.interpolation import jinja_text, kubernetes_text, terraform_text, workflow_text
from copilot.readers.kustomize_text import operations, read_kustomization, says_operations
from copilot.readers.manifests import Units, environment_of, scalars_of
from copilot.readers.named_templates import read_named_templates
from copilot.readers.plain_deployments import (
    dockerfile,
    env_file,
    procfile,
    shell_script,
    supervisor_programs,
    systemd_unit,
)
from copilot.readers.templates import Template, jinja_template, terraform_template
from copilot.readers.terraform_units import read_terraform
from copilot.readers.yaml_text import Entry, NotYaml, read_yaml, templated_pairs, text_of

_Read = Callable[[str], DeploymentFacts]


def read_deployment(kind: str, text: str) -> DeploymentFacts:
    """Returns the facts of a deployment file of that kind; never raises for what stands in it."""
    try:
        return _READERS[kind](text)
    except NotYaml as error:
        if "{{" in text:
            return _by_line(text)
        return DeploymentFacts(gap=(error.line, str(error)))


def _documents(text: str) -> list[Entry]:
    return [document for document in read_yaml(text) if isinstance(document.value, dict)]


def _chart(text: str) -> DeploymentFacts:
    roots = _documents(text)
    return DeploymentFacts(chart=text_of(roots[0].value.get("name")) if roots else "")


def _compose(text: str) -> DeploymentFacts:
    # Compose knows no templates; what another tool fills in first is read with the holes that it leaves.
    plain = jinja_template(text).text if "{{" in text or "{%" in text else text
    return DeploymentFacts(tuple(unit for root in _documents(plain) for unit in compose_units(root))[:MAX_UNITS])


def _values(text: str) -> DeploymentFacts:
    read, plain = _reader_of_values(text)
    roots = _documents(plain)
    units = Units(read)
    for root in roots:
        units.resource(root)
    variables = tuple(scalars_of(roots[0], VALUES, read))[:MAX_VARIABLES] if roots else ()
    return DeploymentFacts(units.units(), variables=variables)


def _reader_of_values(text: str) -> tuple[ReadText, str]:
    """Returns how references in a values file are read, and its YAML: values may be filled in by Terraform or Ansible."""
    if "{{" in text or "{%" in text:
        template = jinja_template(text)
        return template.read, template.text
    return (terraform_text, text) if "${" in text else (lambda plain, line: ("s", plain), text)


def _manifest(text: str) -> DeploymentFacts:
    if says_plays(text):
        return read_plays(text)
    is_cloud = _says_cloud(text)
    if says_operations(text) and "kind:" not in text:
        return DeploymentFacts(tuple(operations(text))[:MAX_UNITS])
    if not (is_cloud or "kind:" in text or "TOPIC" in text or "topic" in text or "containerDefinitions" in text):
        return DeploymentFacts()
    roots = _documents(text)
    if is_cloud and roots and is_cloud_template(roots[0]):
        return DeploymentFacts(cloud_units(roots[0]))
    units = Units(kubernetes_text)
    variables: list[Setting] = []
    for root in roots:
        if "services" in root.value and "kind" not in root.value:
            return DeploymentFacts(tuple(compose_units(root))[:MAX_UNITS], family="compose")
        units.resource(root)
        parameters = root.value.get("parameters")
        if text_of(root.value.get("kind")) == "Template" and parameters is not None:
            variables += environment_of(parameters, kubernetes_text)
    return DeploymentFacts(units.units(), variables=tuple(variables[:MAX_VARIABLES]))


def _says_cloud(text: str) -> bool:
    return "AWS::" in text or ("functions:" in text and "provider:" in text and "handler:" in text)


def _template(text: str) -> DeploymentFacts:
    if _says_cloud(text) and "{{" not in text:
        return _manifest(text)
    template = read_template(text) if "{{" in text else Template(text)
    units = Units(template.read, template.plain)
    for root in _documents(template.text):
        units.resource(root)
    return DeploymentFacts(tuple(template.placed(unit) for unit in units.units()))


def _by_line(text: str) -> DeploymentFacts:
    """Returns what the lines of a template say that is no YAML, not even with its holes."""
    settings = tuple(templated_pairs(text))[:MAX_SETTINGS]
    return DeploymentFacts((Unit("", (), settings[0][2], settings),) if settings else ())


def _variables(text: str) -> DeploymentFacts:
    roots = _documents(text)
    found = tuple(one for root in roots for one in scalars_of(root, "", jinja_text))
    return DeploymentFacts(variables=found[:MAX_VARIABLES])


def _tasks(text: str) -> DeploymentFacts:
    if says_plays(text):
        return read_plays(text)
    return read_inventory(text) if says_inventory(text) else read_tasks(text)


def _inventory_or_manifest(text: str) -> DeploymentFacts:
    if says_inventory(text):
        return read_inventory(text)
    facts = _manifest(text)
    return facts._replace(family=facts.family or "manifest") if any(facts) else facts


def _filled_in(name: str, text: str) -> DeploymentFacts:
    """Reads a configuration file that Ansible fills in; `name` tells its format."""
    template = jinja_template(text)
    unit = content_unit(name, template.text, 0, template.read)
    return DeploymentFacts((unit,) if unit is not None else ())


def _container_template(text: str) -> DeploymentFacts:
    """Reads a template of Terraform's that containers are filled in from, if it is one."""
    if "environment" not in text and "image" not in text:
        return DeploymentFacts()
    template = terraform_template(text)
    units = Units(template.read)
    for document in read_yaml(template.text):
        units.walk(document, ())
    return DeploymentFacts(units.units())


def _items(root: Entry, key: str) -> list[Entry]:
    entry = root.value.get(key)
    return entry.value if entry is not None and isinstance(entry.value, list) else []


def _workflow(text: str) -> DeploymentFacts:
    units: list[Unit] = []
    for root in _documents(text):
        jobs = root.value.get("jobs")
        for name, job in jobs.value.items() if jobs is not None and isinstance(jobs.value, dict) else ():
            for step in _items(job, "steps") if isinstance(job.value, dict) else ():
                units += _step(name, [root, job, step]) if isinstance(step.value, dict) else ()
    return DeploymentFacts(tuple(units[:MAX_UNITS]))


def _step(job: str, layers: list[Entry]) -> Iterator[Unit]:
    """Yields what the commands of a step start, under the environment of workflow, job and step."""
    around = [
        one for layer in layers if "env" in layer.value for one in environment_of(layer.value["env"], workflow_text)
    ]
    run = layers[-1].value.get("run")
    for unit in shell_script(text_of(run)) if run is not None else ():
        unit = unit._replace(context=posixpath.join(_working_directory(layers), unit.context))
        if unit.configs:
            yield unit._replace(line=run.line + unit.line)
        elif unit.programs and not unit.hints:
            own = tuple((name, value, run.line + line) for name, value, line in unit.settings)
            yield unit._replace(name=job, hints=(job,), line=run.line + unit.line, settings=(*around, *own))


def _working_directory(layers: list[Entry]) -> str:
    """Returns the folder that the commands of a step run in, "" for the repository's."""
    for layer in reversed(layers):
        defaults = layer.value.get("defaults")
        run = defaults.value.get("run") if defaults is not None and isinstance(defaults.value, dict) else layer
        found = text_of(run.value.get("working-directory")) if run is not None and isinstance(run.value, dict) else ""
        if found and "$" not in found:
            return found
    return ""


def _of_units(read: Callable[[str], tuple[Unit, ...]]) -> _Read:
    return lambda text: DeploymentFacts(read(text))


_READERS: dict[str, _Read] = {
    "chart": _chart,
    "compose": _compose,
    "dag": read_dag,
    "dockerfile": _of_units(dockerfile),
    "env": _of_units(env_file),
    "inventory": read_inventory,
    "inventory or manifest": _inventory_or_manifest,
    "kustomization": lambda text: read_kustomization(text, _manifest),
    "helpers": read_named_templates,
    "manifest": _manifest,
    "procfile": _of_units(procfile),
    "shell": _of_units(shell_script),
    "supervisor": _of_units(supervisor_programs),
    "systemd": _of_units(systemd_unit),
    "container template": _container_template,
    **{f"{FILLED_IN}{kind}": partial(_filled_in, f"x.{kind}") for kind in ("ini", "toml", "yaml")},
    "tasks": _tasks,
    "template": _template,
    "terraform": read_terraform,
    "values": _values,
    "variables": _variables,
    "workflow": _workflow,
}


def facts_of(kind: str, text: str) -> bytes:
    """Returns the facts of a deployment file, as they are kept."""
    return dump_deployment(read_deployment(kind, text))
