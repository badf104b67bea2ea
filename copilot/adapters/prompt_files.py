"""Where prompts lie, and which of them is used: the user's own, one of the repository that was accepted here, or the built-in.

The wheel carries the built-in ones inside the package, a checkout beside it. Those of a repository are read from the commit that
the request is about, never from the working tree. One that stands in for another has its id, inputs and kind of answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import copilot
from copilot.adapters.own_settings import own_settings_path
from copilot.domain.codec import digest_of_text
from copilot.domain.model import PromptSource
from copilot.domain.prompt import Prompt, PromptOffer
from copilot.domain.source import MISSING, Gap
from copilot.errors import WrongUsage
from copilot.planners.prompt_text import PromptFile, parse_prompt
from copilot.ports import Tree

IDS = ("frame", "alternatives", "critic", "words", "probe")
"""The prompts that the product asks with."""
REPOSITORY_FOLDER = ".copilot/prompts"


def built_in_folder() -> Path:
    """Returns the folder of the prompts that come with this program."""
    package = Path(copilot.__file__).parent
    inside = package / "prompts"
    return inside if inside.is_dir() else package.parent / "prompts"


def own_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Returns the folder in which a person's own prompts lie, if there are any."""
    return own_settings_path(environ, home).with_name("prompts")


def read_prompt_file(folder: Path, id: str, source: PromptSource) -> PromptFile:
    """Reads the prompt of that id in a folder; raises WrongUsage where it is missing or not well made."""
    path = folder / f"{id}.md"
    text, problem = _text_in(path)
    if problem:
        raise WrongUsage(f'The prompt "{id}" can\'t be read: {problem}.', where=path)
    return _parsed(text, id, str(path), source)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of some id: its text, or why there is none."""

    source: PromptSource
    where: str
    text: str
    problem: str = ""


class PromptFiles:
    """The prompts by id. `accepted` are digests of the repository's files that a person has accepted."""

    def __init__(
        self, built_in: Path, own: Path | None = None, tree: Tree | None = None, accepted: Collection[str] = ()
    ) -> None:
        self._built_in, self._own, self._tree, self._accepted = built_in, own, tree, frozenset(accepted)

    def __call__(self, id: str) -> Prompt:
        # Read anew each time: a person may change their own between two questions.
        return self._chosen(id)

    def offers(self, id: str) -> tuple[PromptOffer, ...]:
        """Returns all files of that id, the one that counts most first."""
        offers: list[PromptOffer] = []
        for found in self._found(id):
            is_accepted = self._is_accepted(found)
            version, problem = 0, found.problem
            if not problem:
                try:
                    version = self.fitting(id, found.source, found.where, found.text).version
                except WrongUsage as error:
                    problem = str(error).replace("\n", " ")
            digest = digest_of_text(found.text) if found.text else ""
            is_used = is_accepted and not problem and not any(offer.is_used for offer in offers)
            offers.append(
                PromptOffer(id, found.source, found.where, version, digest, found.text, problem, is_accepted, is_used)
            )
        return tuple(offers)

    def _chosen(self, id: str) -> Prompt:
        passed_over = unusable = ""
        for found in self._found(id):
            if not self._is_accepted(found):
                passed_over = found.problem or digest_of_text(found.text)
                continue
            try:
                if found.problem:
                    raise WrongUsage(f'The prompt "{id}" can\'t be read: {found.problem}.', where=found.where)
                chosen = self.fitting(id, found.source, found.where, found.text)
            except WrongUsage as error:
                if found.source == "built in":
                    raise
                # A slip in a file of one's own costs no proposal: the next one is asked with, and it is said.
                unusable = " ".join(part for part in (error.what, f"At {error.where}.", error.next) if part)
                continue
            return replace(chosen, passed_over=passed_over, unusable=unusable)
        raise WrongUsage(f'The prompt "{id}" is missing.', where=self._built_in, next="Install this program again.")

    def _is_accepted(self, found: _Found) -> bool:
        return found.source != "repository" or digest_of_text(found.text) in self._accepted

    def _found(self, id: str) -> Iterator[_Found]:
        if id not in IDS:
            raise WrongUsage(f'There is no prompt "{id[:80]}".', next=f"The prompts are {', '.join(IDS)}.")
        own = self._own / f"{id}.md" if self._own else None
        if own is not None and own.exists():
            yield _Found("own", str(own), *_text_in(own))
        if self._tree is not None:
            place = f"{REPOSITORY_FOLDER}/{id}.md"
            file = self._tree.read([place])[place]
            if not isinstance(file, Gap):
                yield _Found("repository", place, file.text)
            elif file.reason != MISSING:
                yield _Found("repository", place, "", file.reason)
        path = self._built_in / f"{id}.md"
        yield _Found("built in", str(path), *_text_in(path))

    def fitting(self, id: str, source: PromptSource, where: str, text: str) -> Prompt:
        """Reads a prompt; raises WrongUsage where it does not take or give what the built-in one does."""
        prompt = _parsed(text, id, where, source).prompt
        if source != "built in":
            ours = read_prompt_file(self._built_in, id, "built in").prompt
            if set(prompt.inputs) != set(ours.inputs) or prompt.answer != ours.answer:
                raise WrongUsage(
                    f'This prompt "{id}" does not take or give what the program asks with.',
                    where=where,
                    next=f"Write `inputs: {', '.join(ours.inputs)}` and `answer: {ours.answer}`.",
                )
        return prompt


def _text_in(path: Path) -> tuple[str, str]:
    """Returns the text of a file, byte for byte, and why it can't be read, "" where it can."""
    try:
        return path.read_bytes().decode("utf-8"), ""
    except OSError as error:
        return "", error.strerror or "the system refused"
    except UnicodeDecodeError:
        return "", "it is no text in UTF-8"


def _parsed(text: str, id: str, where: str, source: PromptSource) -> PromptFile:
    found = parse_prompt(text, where, source)
    if found.prompt.id != id:
        raise WrongUsage(f'The prompt "{found.prompt.id}" lies in the file of another one.', where=where)
    return found
