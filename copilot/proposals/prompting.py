"""The prompts as a person sees them: which files there are, which one of each id is used, and whose were accepted."""

from __future__ import annotations

import os
from pathlib import Path

from copilot.adapters.accepted_prompts import accept_digest, accepted_digests, accepted_path, forget_digest
from copilot.adapters.prompt_files import IDS, REPOSITORY_FOLDER, own_folder
from copilot.domain.prompt import Prompt, PromptOffer
from copilot.errors import Ambiguous, SurroundingsFailed, WrongUsage
from copilot.planners.names import listed
from copilot.planners.prompt_text import as_override
from copilot.plugins import build_prompts
from copilot.ports import Tree

DIGEST_LENGTH_MIN = 8


def prompts_of(tree: Tree) -> tuple[PromptOffer, ...]:
    """Returns all files, those of one id together, the one that counts most first."""
    found = build_prompts(os.environ, Path.home(), tree)
    return tuple(offer for id in IDS for offer in found.offers(id))


def accept_prompt(tree: Tree, digest: str, note: str) -> PromptOffer:
    """Accepts the repository's file whose digest begins so; raises WrongUsage where there is none, or it is no prompt."""
    offers = [it for it in prompts_of(tree) if it.source == "repository"]
    found = {it.digest: it for it in offers if it.digest.startswith(digest.lower())}
    if len(digest) < DIGEST_LENGTH_MIN:
        raise WrongUsage(f'"{digest}" is too short.', next=f"Give {DIGEST_LENGTH_MIN} digits of the digest or more.")
    if len(found) > 1:
        raise Ambiguous(f'"{digest}" begins several digests.', tuple(found), next="Give more digits.")
    if not found:
        there = "It has " + ", ".join(f"{it.id} {it.digest}" for it in offers) if offers else "It has no prompts"
        raise WrongUsage(
            f"No prompt of this repository has a digest that begins with {digest}.",
            where=REPOSITORY_FOLDER,
            next=f"{there}; read a prompt before you accept it.",
        )
    (offer,) = found.values()
    if offer.problem:
        raise WrongUsage(f"This is no prompt that could be used: {offer.problem}", where=offer.where)
    path = accepted_path(os.environ, Path.home())
    if not offer.is_accepted:
        accept_digest(path, offer.digest, f"{offer.id} {note}")
    return next(it for it in prompts_of(tree) if it.source == "repository" and it.digest == offer.digest)


def forget_prompt(digest: str) -> None:
    """Takes an acceptance back; raises WrongUsage where none begins so."""
    path = accepted_path(os.environ, Path.home())
    found = [it for it in accepted_digests(path) if it.startswith(digest.lower())]
    if len(digest) < DIGEST_LENGTH_MIN or len(found) != 1:
        raise WrongUsage(f"Nothing that was accepted here begins with {digest}.", where=path)
    forget_digest(path, found[0])


def own_prompt(tree: Tree, id: str) -> Path:
    """Returns the person's own file of that id; makes it from the one that is used where there is none."""
    path = own_path(id)
    if not path.exists():
        _write(path, own_draft(tree, id))
    return path


def own_draft(tree: Tree, id: str) -> str:
    """Returns the prompt that is used as a text to be edited, as the next version."""
    if id not in IDS:
        raise WrongUsage(f'There is no prompt "{id[:80]}".', next=f"The prompts are {listed(IDS)}.")
    used = next(it for it in build_prompts(os.environ, Path.home(), tree).offers(id) if it.is_used)
    return used.text if used.problem else as_override(used.text)


def keep_own_prompt(id: str, text: str) -> Prompt:
    """Writes the person's own file of that id, and returns the prompt; raises WrongUsage, and writes nothing, where it is none."""
    path = own_path(id)
    prompt = build_prompts(os.environ, Path.home()).fitting(id, "own", str(path), text)
    _write(path, text)
    return prompt


def own_path(id: str) -> Path:
    """Returns where the person's own file of that id lies, if there is one."""
    return own_folder(os.environ, Path.home()) / f"{id}.md"


def _write(path: Path, text: str) -> None:
    aside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(text.encode())
        os.replace(aside, path)
    except OSError as error:
        raise SurroundingsFailed(f"Your own prompt can't be written: {error.strerror}.", where=path) from None
