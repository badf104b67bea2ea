"""Of which subjects are the records that a job's code was seen to decode and encode?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copilot.domain.pipeline import Link
from copilot.readers.crossing import Crossing, End
from copilot.readers.facts import Call, FileFacts
from copilot.readers.flow import Tag
from copilot.readers.links import CALL_SUBJECTS, JobCode
from copilot.readers.model_classes import LIBRARY
from copilot.readers.modules import Modules
from copilot.readers.premises import Premises
from copilot.readers.uses import Traced, TracedRecord, words_in


class Records:
    """The records of one job; `links` are its own whose subject is known, `elsewhere` the places (path, line) of JSON that
    goes through other endpoints than theirs.
    """

    def __init__(
        self,
        code: JobCode,
        facts: Mapping[str, FileFacts],
        links: list[Link],
        premises: Premises,
        modules: Modules,
        elsewhere: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        self._elsewhere = elsewhere
        self._code = code
        self._links = links
        self._premises = premises
        self._crossing = Crossing(facts, modules)
        self._facts = facts
        self._subjects: dict[tuple[str, int, bool], tuple[frozenset[str], bool]] = {}

    def tracer(self, path: str, is_test: bool) -> Callable[[Tag], Traced]:
        """Returns what tells, for a tag of that file, the subjects of the records it leads to."""
        known: dict[Tag, Traced] = {}

        def trace(tag: Tag) -> Traced:
            if tag not in known:
                ends = self._crossing.ends(path, tag, is_test)
                # What is also written as JSON, to a log or a column of a store, is no other record for that.
                told = [end for end in ends if not self._is_plain(end)] or ends
                is_made = bool(told) and self._crossing.is_made(path, tag)
                known[tag] = tuple(self._traced(end, is_test, is_made=is_made) for end in told)
            return known[tag]

        return trace

    def _traced(self, end: End, is_test: bool, *, is_made: bool) -> TracedRecord:
        subjects, is_sure = self._of_end(end, is_test)
        is_elsewhere = not subjects and self._is_elsewhere(end.file, self._facts[end.file].calls[end.call])
        return TracedRecord(subjects, end.path, is_sure, end.kind == "c", is_made, is_elsewhere)

    def _is_elsewhere(self, path: str, call: Call) -> bool:
        return call.library == "json" and (path, call.line) in self._elsewhere

    def _is_plain(self, end: End) -> bool:
        """Tells whether a record is written as JSON of which nothing says what it holds."""
        call = self._facts[end.file].calls[end.call]
        return (call.role, call.library) == ("encode", "json") and not self._of_end(end, is_test=False)[0]

    def _of_end(self, end: End, is_test: bool) -> tuple[frozenset[str], bool]:
        key = (end.file, end.call, is_test)
        if key not in self._subjects:
            call = self._facts[end.file].calls[end.call]
            self._subjects[key] = self._of_call(end.file, end.call, call, is_test)
        return self._subjects[key]

    def _of_call(self, path: str, index: int, call: Call, is_test: bool) -> tuple[frozenset[str], bool]:
        """Returns the subjects of what a call decodes or encodes, and whether that is sure.

        What is consumed from one topic may be any subject that this topic is known to carry; what a framework produces, any
        subject of the job whose setting is named like the producer.
        """
        if call.role not in ("decode", "encode", "produce"):
            return frozenset(), False
        copies = range(max(1, len(self._code.running)))
        asked = (self._premises.ask(CALL_SUBJECTS, self._code.root, copy, path, index) for copy in copies)
        stated = {name for names in asked for name in names}
        if call.role == "encode" or (not stated and (call.library == LIBRARY or self._is_elsewhere(path, call))):
            return frozenset(stated), True
        direction = "consumes" if call.role == "decode" else "produces"
        # Tests decode what the job produces, and make what it consumes.
        links = [link for link in self._links if link.direction == direction or is_test]
        if stated:
            topics = {link.endpoint for link in links if link.subject in stated and link.endpoint.name}
            return frozenset(stated | {link.subject or "" for link in links if link.endpoint in topics}), True
        if call.role == "produce":
            links = self._like_receiver(links, call.receiver)
        return frozenset(link.subject or "" for link in links), len({link.endpoint for link in links}) == 1

    def _like_receiver(self, links: list[Link], receiver: str) -> list[Link]:
        """Returns the links of configs that are named like the producer object: `scribe_producer`, SCRIBE_PRODUCER_CONFIG."""
        words = words_in(receiver) - {"producer", "self"}
        named = {config.role: (path, config.line) for path, one in self._code.facts.items() for config in one.configs}
        places = {place for role, place in named.items() if (words_in(role.lower()) - {"producer", "config"}) == words}
        return [link for link in links if any((span.path, span.first_line) in places for span in link.proof)] or links
