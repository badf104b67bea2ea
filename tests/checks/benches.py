"""Tools for the checks of this folder: the second implementations of the sockets, which do what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from copilot.adapters.scratch import GitScratch
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import Patch
from copilot.formats.avro import AvroFormat
from copilot.ports import Bench, Ran, Sandbox
from tests.checks.cases import MemoryTree, tree_of

FINE = Ran(0, "", 1.5, "")


@dataclass
class ToldSandbox:
    """A sandbox that answers by the number of the patch's phase, -1 for the base, and remembers what it was asked."""

    answers: Mapping[int, Ran] = field(default_factory=dict)
    isolation: str = "bubblewrap 0.8.0"
    asked: list[tuple[str, int]] = field(default_factory=list)

    def run(self, command: str, patches: tuple[Patch, ...], request: ChangeRequest) -> Ran:
        phase = patches[-1].phase if patches else -1
        self.asked.append((command, phase))
        return self.answers.get(phase, FINE)


def bench_of(tree: MemoryTree | None = None, sandbox: Sandbox | None = None) -> Bench:
    kept = tree or tree_of({})
    return Bench(kept, {"avro": AvroFormat()}, GitScratch(kept), sandbox or ToldSandbox())
