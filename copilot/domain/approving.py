"""How many people must approve a plan, and who has: the rule of a base commit, and approvals counted against it.

Whose signature an approval carries is found out elsewhere; here it is only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

# The settings name the rule, and `map` reads settings: it has no time for nouns that it never meets.
if TYPE_CHECKING:
    from copilot.domain.decision import Approval
    from copilot.domain.source import Span

PEOPLE_MAX = 10
_WILD = frozenset("*?![")


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """How many people must approve a change; more than one means that each approval is signed.

    `people` is for every change, `high` for one with high stakes or that is not fully proved, `subjects` (pattern, people) for one
    that touches such a subject or topic; the largest that applies counts. `signers` is a file of the repository with the keys that
    may sign, "" where each person's git says it. `span` is where the rule stands, None where there is none.
    """

    people: int = 1
    high: int = 1
    subjects: tuple[tuple[str, int], ...] = ()
    signers: str = ""
    span: Span | None = None

    def needed(self, names: Iterable[str], *, is_grave: bool) -> int:
        """Returns how many people must approve a change of subjects and topics of these names."""
        touched = tuple(names)
        by_name = [count for pattern, count in self.subjects if any(fnmatchcase(name, pattern) for name in touched)]
        return max(self.people, self.high if is_grave else 1, *by_name)


NO_RULE = ApprovalRule()


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature was verified: the fingerprint of the key, and the name that it is listed under, which may be a pattern."""

    key: str
    name: str

    @property
    def person(self) -> str:
        """Tells people apart: several keys under one name are one person; a pattern names nobody, so there the key does."""
        return self.key if not self.name or _WILD & set(self.name) else self.name


@dataclass(frozen=True, slots=True)
class SeenApproval:
    """An approval of the plan as it is. `signer` is None where nothing was signed or verified; `why_not` is "" where it counts."""

    approval: Approval
    signer: Signer | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The approvals of one plan, oldest first, and how many people it needs."""

    plan: str
    alternative: str
    needed: int
    seen: tuple[SeenApproval, ...]

    @property
    def there(self) -> tuple[SeenApproval, ...]:
        """Returns those that count, one a person."""
        return tuple(it for it in self.seen if not it.why_not)

    @property
    def missing(self) -> int:
        """Returns how many people are still to approve, never below 0."""
        return max(0, self.needed - len(self.there))


def seen_approvals(
    approvals: Sequence[Approval], needed: int, verified: Callable[[Approval], Signer | str]
) -> tuple[SeenApproval, ...]:
    """Returns the approvals with what each counts for; `verified` tells whose signature one carries, or why it doesn't count.

    Where one person is enough nothing has to be signed, and nothing is verified.
    """
    if needed == 1:
        return tuple(SeenApproval(approval) for approval in approvals)
    seen: list[SeenApproval] = []
    people: set[str] = set()
    for approval in approvals:
        signer = verified(approval)
        if isinstance(signer, str):
            seen.append(SeenApproval(approval, None, signer))
        elif people & {signer.person, signer.key}:
            seen.append(SeenApproval(approval, signer, "this person has approved before, and counts once"))
        else:
            people |= {signer.person, signer.key}
            seen.append(SeenApproval(approval, signer))
    return tuple(seen)
