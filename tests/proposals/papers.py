"""Decided proposals made by hand, in real repositories: what approve, apply, undo and revise need, without the line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from copilot.adapters.store import FileStore
from copilot.domain.alternative import Alternative, Phase, Plan, Step
from copilot.domain.decision import Claim, Decision, Outcome, Ruling, Stakes
from copilot.domain.evidence import Evidence, Recipe
from copilot.domain.operation import ChangeRequest, RenameField
from copilot.domain.patch import FileChange
from copilot.domain.proposal import Body, Compiled, Reading, proposal_id
from copilot.patches.diff import make_patch
from copilot.proposals import Workspace
from tests.repositories import commit, git, init

NOON = "2026-01-02T12:00:00Z"
SCHEMA_BEFORE = '{"type": "record", "name": "Order",\n  "fields": [{"name": "amount", "type": "long"}]}\n'
SCHEMA_AFTER = SCHEMA_BEFORE.replace("amount", "total")
JOB_BEFORE = "\n".join(["def bill(order):", *(f"    step({n})" for n in range(12)), '    return order["amount"]\r', ""])
JOB_AFTER = JOB_BEFORE.replace("amount", "total").replace("step(0)", "step(zero)")
FILES = {"schemas/order.avsc": SCHEMA_BEFORE, "jobs/bill.py": JOB_BEFORE, "README": "orders\n"}
PLAIN, NAIVE, NOTHING = "alias-000001", "naive-000002", "nothing"


@dataclass(frozen=True)
class Paper:
    """A repository with one decided proposal in it."""

    folder: Path
    base: str
    id: str

    def open(self, at: str = "HEAD") -> Workspace:
        return Workspace.open(self.folder, at=at, clock=lambda: NOON)


def paper(folder: Path, *, stakes: Stakes = "low", chosen: str = PLAIN) -> Paper:
    """Makes the repository and the proposal; the job has mode 100755 and a carriage return."""
    init(folder)
    commit(folder, FILES)
    git(folder, "update-index", "--chmod=+x", "jobs/bill.py")
    git(folder, "commit", "-q", "-m", "Make it run")
    git(folder, "checkout", "-q", "--", "jobs/bill.py")
    base = git(folder, "rev-parse", "HEAD")
    return Paper(folder, base, begin(folder, base, stakes=stakes, chosen=chosen))


def begin(
    folder: Path,
    base: str,
    *,
    stakes: Stakes = "low",
    chosen: str = PLAIN,
    follows: str = "",
    text: str = "rename amount to total in order",
) -> str:
    """Writes the records of a decided proposal and returns its id."""
    git_dir = Path(git(folder, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    store = FileStore(git_dir / "pipeline-copilot" / "proposals", lambda: NOON)
    operation = RenameField("order", "", "amount", "total")
    request = ChangeRequest(text, (operation,), base, "Ada <ada@example.org>", follows)
    id = proposal_id(request, "test")
    for body in (request, *_bodies(base, stakes, chosen)):
        store.append(id, body)
    return id


def changes() -> tuple[FileChange, ...]:
    """Returns the file changes of the plan."""
    return (
        FileChange("schemas/order.avsc", SCHEMA_BEFORE, SCHEMA_AFTER),
        FileChange("jobs/bill.py", JOB_BEFORE, JOB_AFTER),
        FileChange("docs/new name.txt", None, "fresh\n"),
        FileChange("README", "orders\n", None),
    )


def _bodies(base: str, stakes: Stakes, chosen: str) -> tuple[Body, ...]:
    steps = (
        Step("Accept both names in billing\nSigned-off-by: Eve", "consumers", ("bill",), ("jobs/bill.py",)),
        Step("Rename the field", "schema", (), ("schemas/order.avsc",), ("wiki:1  the page",)),
    )
    plan = Plan(
        (
            Alternative(NOTHING, "Change nothing", "rules", "do nothing", (), "when it can wait"),
            Alternative(PLAIN, "Rename with an alias", "rules", "alias", (Phase("now", (), steps),), "usually"),
            Alternative(NAIVE, "Rename in place", "rules", "naive", (Phase("now", (), ()),), "never"),
        ),
        (),
    )
    patches = {PLAIN: (make_patch(PLAIN, 0, base, changes()),), NAIVE: (make_patch(NAIVE, 0, base, changes()[:1]),)}
    evidence = [_evidence(f"ev-{number:012x}", id) for number, id in enumerate((NOTHING, PLAIN, NAIVE))]
    outcomes: dict[str, Outcome] = {
        NOTHING: "acceptable",
        PLAIN: "chosen" if chosen == PLAIN else "refused",
        NAIVE: "refused",
    }
    rulings = tuple(
        Ruling(one.alternative, outcomes[one.alternative], number, "a rule", (Claim("It was seen.", (one.id,)),))
        for number, one in enumerate(evidence)
    )
    return (
        Reading("map", 3, 0, ()),
        plan,
        *(Compiled(alternative.id, patches.get(alternative.id, ())) for alternative in plan.alternatives),
        *evidence,
        Decision(rulings, chosen, stakes, (), ("what nobody asked",), f"decision {stakes}"),
    )


def _evidence(id: str, alternative: str) -> Evidence:
    verdict = "fail" if alternative == NAIVE else "pass"
    return Evidence(id, alternative, "scope", Recipe("scope", 1, (), ()), verdict, (), ())  # type: ignore[arg-type]
