"""Who reads and writes which endpoint, with which schema and decoder? Calls and configs of the code, under each deployment.

Each call or config is resolved once for every running copy of its job, so one call may be several links. A consumer that states
no schema gets the subject of the producers of its topic, also where these are in other repositories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from copilot.domain.pipeline import Certainty, Decoder, Direction, EndpointKind, Link
from copilot.domain.source import Span
from copilot.readers.beyond import NOTHING, Beyond, NamedElsewhere
from copilot.readers.celery_tasks import LIBRARY as CELERY
from copilot.readers.config_files import ConfigFiles, value_at
from copilot.readers.configs import key_word
from copilot.readers.deployments import Running
from copilot.readers.effects import MAX_SHARED, Effect, EffectReader
from copilot.readers.endpoint_names import endpoint_of, endpoint_texts, is_told
from copilot.readers.facts import DECORATED, FORWARDED, Call, Config, FileFacts
from copilot.readers.merged_links import from_producers, merged, queues_of_lists, weaker
from copilot.readers.model_classes import LIBRARY
from copilot.readers.modules import Modules
from copilot.readers.nearby_codecs import NearbyCodecs, decoder_of
from copilot.readers.outlines import Outline
from copilot.readers.patterns import matching_patterns
from copilot.readers.reach import Reach
from copilot.readers.record_classes import LIBRARY as RECORD_CLASS
from copilot.readers.schema_values import Asked, SchemaValues, named_like
from copilot.readers.store import FactStore
from copilot.readers.subjects import Subjects, unpinned
from copilot.readers.values import Surroundings, Text, Value, resolve

_SOURCES: dict[str, Certainty] = {
    "code": "certain",
    "setting": "certain",
    "default": "likely",
    "choice": "likely",
    "unset": "possible",
}
_EVENT = ":"
_TIED = frozenset({"queue", "stream", "table", "file"})
CALL_SUBJECTS = "subjects of a call"
_NOWHERE = Running("", "", "", 1, {}, {}, ())


@dataclass(frozen=True, slots=True)
class JobCode:
    """What is known of one job: its name, root, the facts of its files (tests left out), and its running copies."""

    name: str
    root: str
    facts: Mapping[str, FileFacts]
    running: tuple[Running, ...]


class LinkReader:
    """Reads the links of jobs."""

    def __init__(
        self,
        store: FactStore,
        subjects: Subjects,
        modules: Modules,
        outlines: Mapping[str, Outline],
        effects: EffectReader,
        root_of: Mapping[str, str],
        reach: Reach,
        beyond: Beyond = NOTHING,
    ) -> None:
        self._effects = effects
        self._reach = reach
        self._beyond = beyond
        self._store = store
        self._modules = modules
        elsewhere = NamedElsewhere(beyond)
        self._root_of = root_of
        self._schemas = SchemaValues(store, subjects, effects, elsewhere, self._around, self._is_run_by)
        self._configs = ConfigFiles(store.entries, store.text, store.premises)
        self._outlines = outlines
        self._codecs = NearbyCodecs(store, modules, outlines)

    def read(self, jobs: Mapping[str, JobCode]) -> tuple[Link, ...]:
        """Returns the links of all jobs, which are given by root, sorted."""
        found = [link for job in jobs.values() for link in self._of_configs(job)]
        told = {(link.job, link.direction) for link in found if link.endpoint.name or link.endpoint.variable}
        everything = {path: facts for job in jobs.values() for path, facts in job.facts.items()}
        for root, effect in self._owned(self._effects.read(everything)):
            job = jobs.get(root) or JobCode(root, root, {}, ())
            copies = job.running or (_NOWHERE,)
            links = [link for copy in copies for link in self._of_effect(job, everything[effect.home], effect, copy)]
            named = [link for link in links if is_told(link)]
            # What a framework is handed in a dict of settings is told by the settings themselves.
            is_framework = self._root_of[effect.home] != root or effect.call.library == "trigger"
            found += named or [link for link in links if not (is_framework and (link.job, link.direction) in told)]
        found = queues_of_lists(found)
        found += matching_patterns(found)
        known = merged([*found, *from_producers(found, [*found, *self._beyond.links])])
        return tuple(_pinned(link, everything) for link in known)

    def _owned(self, effects: Iterable[Effect]) -> Iterator[tuple[str, Effect]]:
        """Yields the effects with the roots of their jobs: what a library does when it is imported, each does who imports it."""
        for effect in effects:
            root = self._root_of[effect.path]
            users = self._reach.users(effect.path) if self._is_made_by_import(effect) else ()
            if self._reach.starts(root) or not 0 < len(users) <= MAX_SHARED:
                yield root, effect
                continue
            for user in users:
                lines = ((path, line, line) for path, line in self._reach.way(user, effect.path))
                yield user, effect._replace(lines=(*effect.lines, *lines))

    def _is_made_by_import(self, effect: Effect) -> bool:
        """Tells whether an effect is there as soon as its file is imported; a script's own statements mostly wait for its start."""
        outline = self._outlines.get(effect.path)
        if effect.call.library == CELERY:
            return False
        return effect.call.receiver == DECORATED or not (effect.scope or outline is None or outline.is_script)

    def answer_for(self, jobs: Mapping[str, JobCode]) -> None:
        """Lets the subjects of calls be asked for: by job's root, number of its running copy, and the call's file and index."""

        def answer(root: str, copy: int, path: str, index: int) -> tuple[str, ...]:
            running = (*jobs[root].running, _NOWHERE)[copy]
            call = self._store.python([path])[path].calls[index]
            found = self._schemas.of_call(path, call, Asked(root, running))
            return tuple(dict.fromkeys(unpinned(name)[0] for name in found))

        self._store.premises.answer(CALL_SUBJECTS, answer)

    def _of_configs(self, job: JobCode) -> list[Link]:
        stated = [(path, config, running) for running in job.running for path, config in running.configs]
        coded = [(path, config) for path, facts in sorted(job.facts.items()) for config in facts.configs]
        links: list[Link] = []
        resolved: set[tuple[str, str]] = set()
        events: list[tuple[tuple[str, str], list[Link]]] = []
        for path, config, running in stated:
            twin = next(((file, one) for file, one in coded if _role(one) == _role(config)), None)
            made = self._of_config(job, path, config, running, twin)
            if any(is_told(link) for link in made):
                resolved.add(_role(config))
            elif _EVENT in config.role:
                events.append((_role(config), made))
                continue
            links += made
        for path, config in coded:
            for running in job.running or (_NOWHERE,):
                made = self._of_config(job, path, config, running, None)
                known = [link for link in made if is_told(link)]
                links += known if known or _role(config) in resolved else made
        named = {(link.direction, link.subject) for link in links if is_told(link)}
        whole = [link for link in links if is_told(link) or (link.direction, link.subject) not in named]
        # Each source that a template ties to a function is one more; what one of them is called says nothing about another.
        return [*whole, *(link for role, made in events if role not in resolved for link in made)]

    def _of_config(
        self, job: JobCode, path: str, config: Config, running: Running, twin: tuple[str, Config] | None
    ) -> list[Link]:
        around = self._around(path, running)
        direction: Direction = "consumes" if config.direction == "consumes" else "produces"
        schema, topics = (self._effects.followed(value, path, ()) for value in (config.schema, config.topics))
        asked = Asked(job.root, running)
        subjects = self._schemas.of(schema, path, asked)
        if not subjects and twin is not None:
            twins = self._effects.followed(twin[1].schema, twin[0], ())
            subjects = self._schemas.of(twins, twin[0], asked)
        decoder = self._codecs.decoder_of_class(config.library_class, around, direction)
        if decoder is None and twin is not None:
            decoder = self._codecs.decoder_of_class(twin[1].library_class, self._around(twin[0], running), direction)
        proof: tuple[Span, ...] = (Span(twin[0], twin[1].line, twin[1].line),) if twin is not None else ()
        proof += (Span(path, config.line, config.line),)
        texts = resolve(topics, around) or (Text("", "", "unset"),)
        return [
            link
            for subject in subjects or (None,)
            for link in self._links(
                job, texts, direction, subject, decoder, "certain", proof, running, _kind_of(config)
            )
        ]

    def _of_effect(self, job: JobCode, facts: FileFacts, effect: Effect, running: Running) -> list[Link]:
        call, home = effect.call, effect.home
        direction: Direction = "consumes" if call.role == "consume" else "produces"
        texts = endpoint_texts(effect.topics, self._around(effect.path, running))
        codecs = self._codecs.of_call(home, facts, call, job.facts)
        if not codecs and effect.path in job.facts:
            # A wrapper that is handed bytes, or the codec itself: those of the function that calls it, or the nearest there.
            caller = call._replace(scope=effect.scope)
            codecs = self._codecs.of_call(effect.path, job.facts[effect.path], caller, job.facts)
        asked = Asked(job.root, running, home, call.scope)
        found: dict[str | None, tuple[str, Call]] = {}
        for file, codec in codecs:
            for name in self._schemas.of_call(file, codec, asked, effect.hops):
                found.setdefault(name, (file, codec))
        if not found and codecs and codecs[0][0] == home and codecs[0][1].library not in (LIBRARY, RECORD_CLASS):
            # A codec of another file whose schema isn't known shows nothing about this call, nor does what is no model.
            found[None] = codecs[0]
        links: list[Link] = []
        for text in texts:
            fitting = named_like(text.text, found) if call.codec < 0 else ()
            for subject in fitting or found or (None,):
                is_forwarded = call.codec == FORWARDED
                source = found.get(subject) if not is_forwarded else None
                near = (Span(source[0], source[1].line, source[1].line),) if source is not None else ()
                proof = (Span(home, call.line, call.last_line), *near, *(Span(*line) for line in effect.lines))
                decoder = decoder_of(source[1]) if source is not None else None
                certainty = _certainty(call, subject, is_one=len(found) < 2 or bool(fitting), is_guess=effect.is_guess)
                kind = cast(EndpointKind, call.endpoint)
                made = self._links(job, (text,), direction, subject, decoder, certainty, proof, running, kind)
                links += [replace(link, forwards=True) if is_forwarded else link for link in made]
        return links

    def _links(
        self,
        job: JobCode,
        texts: tuple[Text, ...],
        direction: Direction,
        subject: str | None,
        decoder: Decoder | None,
        certainty: Certainty,
        proof: tuple[Span, ...],
        running: Running,
        kind: EndpointKind,
    ) -> list[Link]:
        links: list[Link] = []
        name, version = (None, 0) if subject is None else unpinned(subject)
        for text in texts:
            endpoint = endpoint_of(kind, text)
            weakest = weaker(certainty, _SOURCES[text.source])
            if (running.is_example or running.is_for_tests) and text.source == "setting":
                weakest = weaker(weakest, "likely")
            places = running.places.get(text.variable, ()) if text.source in ("setting", "unset") else ()
            chain = tuple(dict.fromkeys((*proof, *_not_beside(proof, text.proof), *places)))
            where = (running.name,) if running.path else ()
            link = Link(
                job.name, endpoint, direction, name, decoder, weakest, chain, version=version, deployments=where
            )
            links.append(link)
        return links

    def _is_run_by(self, root: str, path: str) -> bool:
        """Tells whether a job runs a file: it is its own, or one that it imports."""
        return self._root_of.get(path) == root or root in self._reach.users(path)

    def _around(self, path: str, running: Running) -> Surroundings:
        lookup = partial(self._modules.lookup, path)
        return Surroundings(path, running.settings, lookup, read=partial(self._read, running))

    def _read(self, running: Running, text: str, near: str, keys: tuple[str, ...]) -> tuple[str, Value, int] | None:
        """Returns what a configuration file holds under keys; those of the deployment come before those of the tree."""
        file = running.file_at(text, near)
        if file is None or file.content is None:
            return self._configs.read(f"/{file.source}" if file is not None else text, near, keys)
        held = value_at(file.content, keys)
        return (file.shown, *held) if held is not None else None


def _pinned(link: Link, facts: Mapping[str, FileFacts]) -> Link:
    """Returns a consumer's link with the first place among its files that asks a registry for one version."""
    if link.direction == "produces":
        return link
    asked = [
        Span(it.path, line, line) for it in link.proof if it.path in facts for line in facts[it.path].asked_versions
    ]
    return replace(link, pinned=asked[0]) if asked else link


def _certainty(call: Call, subject: str | None, *, is_one: bool, is_guess: bool) -> Certainty:
    """Returns how sure it is that a call reads or writes the subject: its codec was traced, or is one beside it."""
    if is_guess or not (is_one or call.codec >= 0):
        return "possible"
    return "certain" if subject is None or call.codec >= 0 else "likely"


def _not_beside(proof: tuple[Span, ...], then: tuple[Span, ...]) -> tuple[Span, ...]:
    """Returns the places that the proof does not show already."""
    shown = {(span.path, line) for span in proof for line in range(span.first_line, span.last_line + 1)}
    return tuple(span for span in then if (span.path, span.first_line) not in shown)


def _kind_of(config: Config) -> EndpointKind:
    """Returns the kind of endpoint that a config is about: what a cloud's template ties to a function says so in its role."""
    kind = config.role.rpartition(_EVENT)[2]
    return cast(EndpointKind, kind) if kind in _TIED else "topic"


def _role(config: Config) -> tuple[str, str]:
    return (key_word(config.role), config.direction)
