"""Holds a plan against the approval rule of its base commit: who has approved it, and how a further approval is signed.

Nothing that a file claims is believed: signatures are verified each time, against the keys that are allowed to sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from copilot.adapters.git import Repository
from copilot.adapters.signing import SigningConfig, obstacle_to_signing, sign, signing_config, verified
from copilot.domain.approving import Signer, Standing, seen_approvals
from copilot.domain.codec import canonical
from copilot.domain.decision import Approval
from copilot.domain.operation import Operation, TopicOperation
from copilot.domain.proposal import Proposal, plan_digest
from copilot.domain.source import Gap
from copilot.errors import RefusedByEvidence, WaitingForApproval
from copilot.ports import Tree
from copilot.proposals.approve import is_grave
from copilot.settings import SETTINGS_PATH, Settings

SIGNERS_BYTES_MAX = 1_000_000
_ALLOWED = "Name the file of the keys that may sign: git config --global gpg.ssh.allowedSignersFile FILE"


class People:
    """The approval rule of one base commit, and the keys of this machine and that commit that it is held against."""

    def __init__(self, repository: Repository, base: Tree, settings: Settings) -> None:
        self._repository = repository
        self._base = base
        self._rule = settings.approval

    def needed(self, proposal: Proposal, alternative: str) -> int:
        """Returns how many people must approve that alternative."""
        names = [name for operation in proposal.request.operations for name in _names(operation)]
        return self._rule.needed(names, is_grave=is_grave(proposal, alternative))

    def standing(self, proposal: Proposal, alternative: str) -> Standing:
        """Returns the approvals of that alternative's plan; raises RefusedByEvidence where nobody can tell whose they are."""
        plan = plan_digest(proposal, alternative)
        needed = self.needed(proposal, alternative)
        approvals = proposal.approvals_of(plan)
        if needed > 1:
            self._refuse_unverifiable(needed, approvals)
        seen = seen_approvals(approvals, needed, lambda approval: self.signer_of(proposal.id, approval))
        return Standing(plan, alternative, needed, seen)

    def signer_of(self, proposal: str, approval: Approval) -> Signer | str:
        """Returns whose signature an approval carries, or why it counts for nothing."""
        return verified(self._config, self._signers, statement(proposal, approval), approval.signature)

    def signed(self, proposal: Proposal, approval: Approval) -> Approval:
        """Returns the approval as the rule wants it: signed where more than one person is needed, else as it is.

        Raises RefusedByEvidence where the rule can't be enforced here, or the signature would not count.
        """
        needed = self.needed(proposal, approval.alternative)
        if needed == 1:
            return approval
        what, next = obstacle_to_signing(self._config)
        if what:
            raise self._not_enforceable(needed, what, next)
        self._refuse_unverifiable(needed, (approval,))
        signature, key = sign(self._config, statement(proposal.id, approval))
        made = Approval(
            approval.plan, approval.alternative, approval.by, approval.at, approval.note, signature, key, needed
        )
        seen = self.signer_of(proposal.id, made)
        if isinstance(seen, str):
            next = "Have your key added there, by somebody who knows that it is yours."
            raise RefusedByEvidence(f"Your approval would not count: {seen}.", where=self._signers_where, next=next)
        return made

    @cached_property
    def _config(self) -> SigningConfig:
        return signing_config(self._repository.git)

    @property
    def _signers_where(self) -> str:
        return self._rule.signers or self._config.signers

    @cached_property
    def _signers(self) -> bytes:
        """The file of allowed signers: one inside the repository is that of the base commit, which others have seen."""
        named = self._signers_where
        if not named:
            return b""
        path = Path(named).expanduser()
        if path.is_absolute():
            try:
                with path.open("rb") as file:
                    return file.read(SIGNERS_BYTES_MAX)
            except OSError:
                return b""
        inside = path.as_posix()
        found = self._base.read_bytes([inside])[inside]
        return b"" if isinstance(found, Gap) else found

    def _refuse_unverifiable(self, needed: int, approvals: Iterable[Approval]) -> None:
        """Refuses a rule whose signatures nobody could verify here. A keyring of OpenPGP is always there, so it is asked later."""
        if not self._config.is_ssh and not any("SSH" in approval.signature[:40] for approval in approvals):
            return
        if not self._signers_where:
            raise self._not_enforceable(needed, "no file says whose keys may sign", _ALLOWED)
        listed = sum(1 for line in self._signers.splitlines() if line.strip() and not line.lstrip().startswith(b"#"))
        if listed < needed:
            what = f"{self._signers_where} holds the keys of {listed}, or can't be read"
            raise self._not_enforceable(
                needed, what, "Add a line for each person: MAIL KEYTYPE KEY, as ssh-keygen(1) says."
            )

    def _not_enforceable(self, needed: int, why: str, next: str) -> RefusedByEvidence:
        where = str(self._rule.span) if self._rule.span else SETTINGS_PATH
        return RefusedByEvidence(
            f"The rule that {needed} people approve is not enforceable here: {why}.", where=where, next=next
        )


def statement(proposal: str, approval: Approval) -> bytes:
    """Returns the bytes that an approval signs: the digest of the plan, and who approves it, when, and with which note."""
    signed = {
        "approves": approval.plan,
        "proposal": proposal,
        "alternative": approval.alternative,
        "by": approval.by,
        "at": approval.at,
        "note": approval.note,
    }
    return (canonical(signed) + "\n").encode("utf-8", "surrogatepass")


def waiting_for(proposal: str, standing: Standing) -> WaitingForApproval:
    """Returns the error that says whose approvals are there and how many are missing."""
    told = [f"  {seen_words(it.approval, it.signer, it.why_not)}" for it in standing.seen]
    more = "1 more person has" if standing.missing == 1 else f"{standing.missing} more people have"
    what = f"{more} to approve {proposal}: {len(standing.there)} of {standing.needed} approvals are there."
    return WaitingForApproval(
        "\n".join((what, *told)),
        next=f"Send it: pipeline-copilot show {proposal} --export FILE; they: pipeline-copilot review --from FILE",
    )


def seen_words(approval: Approval, signer: Signer | None, why_not: str) -> str:
    """Returns one approval in words: who, when, with which key, and why it does not count."""
    key = f", signed as {signer.name} with {signer.key}" if signer else ""
    return f"{approval.by} at {approval.at}{key}" + (f" does not count: {why_not}" if why_not else "")


def _names(operation: Operation) -> tuple[str, ...]:
    if isinstance(operation, TopicOperation):
        return (operation.topic,)
    return (operation.subject,)
