"""A repository is read and audited: the map, and what a careful reader would point out in it.

Findings are kept beside the map that they are about: an unchanged tree is audited once. What the texts of files answered is kept
under those files, so that the audit of a changed tree reads what changed.
"""

from __future__ import annotations

import json
from dataclasses import replace

from copilot.adapters.tree import CommitTree, WorkingTree
from copilot.domain.audit import AuditFinding
from copilot.domain.codec import decode, digest_of_text, encode
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import ABSENT, WORKING_TREE
from copilot.plugins import audit_stamp, load_formats
from copilot.ports import OF_TREES, Index, Tree
from copilot.proposals.reading import Place, read_map
from copilot.readers.kept import dump_map

AUDIT_KIND = f"{OF_TREES}audit-1"


def audit_place(place: Place) -> tuple[PipelineMap, tuple[AuditFinding, ...]]:
    """Returns the map of a place, and the findings in it, the worst first."""
    pipeline = read_map(place)
    is_live = place.commit == WORKING_TREE
    tree = WorkingTree(place.repository) if is_live else CommitTree(place.repository, place.commit, place.index)
    key = _key(pipeline, tree)
    kept = place.index.get(AUDIT_KIND, [key]).get(key)
    if kept is not None:
        return pipeline, tuple(decode(AuditFinding, one) for one in json.loads(kept))
    found = _audited(pipeline, tree, place.index)
    # A file that this clone lacks today may be there tomorrow under the same commit.
    if not any(ABSENT in gap.reason for gap in pipeline.gaps):
        place.index.put(AUDIT_KIND, {key: json.dumps([encode(one) for one in found]).encode()})
    return pipeline, found


def _key(pipeline: PipelineMap, tree: Tree) -> str:
    """Returns what all findings hang on: the map, which knows settings and clones, the tree, and the program."""
    told = dump_map(replace(pipeline, uncommitted_count=0)).hex()
    return digest_of_text(f"{audit_stamp()}\0{tree.digest}\0{told}")


def _audited(pipeline: PipelineMap, tree: Tree, index: Index) -> tuple[AuditFinding, ...]:
    # Imported only where something is audited, and not where the findings are kept.
    from copilot.findings.case import Audited
    from copilot.findings.catalogue import audit

    return audit(Audited(pipeline, tree, load_formats(), index, audit_stamp()))
