"""Deployment files given as texts, read and bound."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from copilot.readers.deployment_files import DeploymentFile
from copilot.readers.deployment_kinds import deployment_kind
from copilot.readers.deployment_reader import read_deployment
from copilot.readers.deployments import Running, bind_deployments


def deployed(
    texts: Mapping[str, str],
    roots: Collection[str],
    python: Mapping[str, str] | None = None,
    busy: Collection[str] = (),
) -> dict[str, Running]:
    """Returns what runs by its name; `python` tells the root of each Python file."""
    files = [
        DeploymentFile(path, (facts := read_deployment(kind, text)).family or kind, facts)
        for path, text in sorted(texts.items())
        if (kind := deployment_kind(path))
    ]
    return {one.name: one for one in bind_deployments(files, roots, python or {}, busy)}


def settings(running: Mapping[str, Running]) -> dict[str, dict[str, str]]:
    return {name: dict(one.settings) for name, one in running.items()}


def places(running: Running, name: str) -> list[str]:
    return [str(place) for place in running.places[name]]
