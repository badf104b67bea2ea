"""What a request asks beside its operations: limits on the way, not on the end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeepsWorking:
    """A job that must not be broken at any moment: "don't break billing"; "" for every job."""

    job: str
    words: str


@dataclass(frozen=True, slots=True)
class KeepsOld:
    """What is replaced stays in use at least so many days: "keep the old topic for 30 days"."""

    days: float
    words: str


@dataclass(frozen=True, slots=True)
class Prefers:
    """A way that the person names: "why not the alias?"; `strategy` is the catalogue's id or an alternative's.

    It is answered in a follow-up, and decides only between ways that all rules call equal.
    """

    strategy: str
    words: str


@dataclass(frozen=True, slots=True)
class Avoids:
    """A way that the person does not want: "not the new subject"; an alternative that is called so is refused."""

    strategy: str
    words: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """A wish that nothing here can check; it is shown as not covered."""

    words: str


Wish = KeepsWorking | KeepsOld | Prefers | Avoids | Unheard
_IDLE = frozenset(("", "the", "a", "an", "just", "one"))


def is_called(said: str, name: str) -> bool:
    """Tells whether a name such as "alias-28b9be" holds all words of what was said, such as "the alias"."""
    wanted = {word.strip("s").lower() for word in said.replace("-", " ").split()} - _IDLE
    return bool(wanted) and wanted <= {word.strip("s,.`").lower() for word in name.replace("-", " ").split()}
