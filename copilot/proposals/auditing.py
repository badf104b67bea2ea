"""A repository is read and audited: the map, and what a careful reader would point out in it."""

from __future__ import annotations

from copilot.adapters.tree import CommitTree, WorkingTree
from copilot.domain.audit import AuditFinding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import WORKING_TREE
from copilot.findings.case import Audited
from copilot.findings.catalogue import audit
from copilot.plugins import load_formats
from copilot.proposals.reading import Place, read_map


def audit_place(place: Place) -> tuple[PipelineMap, tuple[AuditFinding, ...]]:
    """Returns the map of a place, and the findings in it, the worst first."""
    pipeline = read_map(place)
    is_live = place.commit == WORKING_TREE
    tree = WorkingTree(place.repository) if is_live else CommitTree(place.repository, place.commit, place.index)
    return pipeline, audit(Audited(pipeline, tree, load_formats()))
