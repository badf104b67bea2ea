"""What other repositories write, as far as a reader of one repository needs it: a consumer's schema may live with its producer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from copilot.domain.pipeline import Endpoint, Link, PipelineMap
from copilot.domain.schema import SchemaSubject


@dataclass(frozen=True, slots=True)
class Beyond:
    """Producers elsewhere and the subjects that they write, under names that can't be those of subjects read here."""

    subjects: tuple[SchemaSubject, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def by_name(self) -> dict[str, SchemaSubject]:
        """The subjects by name."""
        return {subject.name: subject for subject in self.subjects}

    @property
    def digest(self) -> str:
        """What a map hangs on that was read with this; "" for nothing."""
        return sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest() if self.links else ""


NOTHING = Beyond()


def beyond(pipeline: PipelineMap, others: Iterable[PipelineMap]) -> Beyond:
    """Returns what others certainly or likely write to the topics that this repository's jobs consume."""
    wanted = consumed_topics(pipeline)
    subjects: dict[str, SchemaSubject] = {}
    links: list[Link] = []
    for other in others:
        known = {subject.name: subject for subject in other.subjects}
        for link in other.links:
            is_sure = link.direction == "produces" and link.certainty != "possible"
            if is_sure and link.subject in known and link.endpoint in wanted:
                subjects[link.subject] = replace(known[link.subject], copies=(), copy_versions=())
                links.append(Link("", link.endpoint, "produces", link.subject, None, "certain", ()))
    ordered = sorted(set(links), key=lambda link: (link.endpoint, link.subject or ""))
    return Beyond(tuple(subjects[name] for name in sorted(subjects)), tuple(ordered))


def consumed_topics(pipeline: PipelineMap) -> frozenset[Endpoint]:
    """Returns the endpoints with a name that some job consumes."""
    return frozenset(link.endpoint for link in pipeline.links if link.direction == "consumes" and link.endpoint.name)
