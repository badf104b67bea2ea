"""With whom does a job move, and to which job does a place belong?"""

from __future__ import annotations

from typing import Literal

from copilot.strategies.ground import Ground
from copilot.strategies.work import ByHand

Role = Literal["schema", "producers", "consumers", "sinks", "cutover"]
CONSUMERS_FIRST: tuple[Role, ...] = ("schema", "sinks", "consumers", "cutover", "producers")
PRODUCERS_FIRST: tuple[Role, ...] = ("schema", "producers", "cutover", "consumers", "sinks")


def path_in(item: ByHand) -> str:
    """Returns the path of the place that is left to a person."""
    return path_in_text(item.text)


def path_in_text(text: str) -> str:
    """Returns the path of "path:line  what"."""
    return text.split("  ", 1)[0].rsplit(":", 1)[0]


def owner_of(ground: Ground, path: str) -> str:
    """Returns the job of this subject whose folder holds the path, the deepest one; "" where none does."""
    concerned = {link.job for link in (*ground.impact.producers, *ground.impact.consumers)}
    owners = [job for job in ground.pipeline.jobs if job.name in concerned and _holds(job.root.rstrip("/"), path)]
    return max(owners, key=lambda job: (len(job.root), job.name)).name if owners else ""


def _holds(root: str, path: str) -> bool:
    return root not in ("", ".") and (path == root or path.startswith(root + "/"))


def role_of_job(ground: Ground, job: str, order: tuple[Role, ...]) -> Role:
    """Returns with whom a job goes; one that stands on both sides, with those who move first.

    Where consumers move first, it must read what others are about to write; where producers do, old readers can read what it
    writes, so nobody has to wait for it.
    """
    roles: list[Role] = []
    if any(link.job == job for link in ground.impact.producers):
        roles.append("producers")
    if any(link.job == job for link in ground.impact.consumers):
        roles.append("sinks" if _is_sink(ground, job) else "consumers")
    return min(roles, key=order.index) if roles else "consumers"


def _is_sink(ground: Ground, job: str) -> bool:
    written = [link.endpoint.kind for link in ground.pipeline.links if link.job == job and link.direction == "produces"]
    return bool(written) and all(kind in ("table", "file") for kind in written)
