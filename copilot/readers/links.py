"""Who reads and writes which endpoint, with which schema and decoder? Calls and configs of the code, under each deployment.

Each call or config is resolved once for every running copy of its job, so one call may be several links. A consumer that states
no schema gets the subject of the producers of its topic, also where these are in other repositories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from copilot.domain.pipeline import Certainty, Decoder, Direction, Endpoint, EndpointKind, Link
from copilot.domain.source import Span
from copilot.readers.beyond import NOTHING, Beyond, NamedElsewhere
from copilot.readers.config_files import ConfigFiles
from copilot.readers.configs import key_word
from copilot.readers.deployments import Running
from copilot.readers.effects import MAX_SHARED, Effect, EffectReader
from copilot.readers.facts import DECORATED, FORWARDED, OF_KEYS, Call, Config, FileFacts
from copilot.readers.model_classes import LIBRARY
from copilot.readers.modules import Modules
from copilot.readers.outlines import Outline
from copilot.readers.patterns import LIKE, matching_patterns
from copilot.readers.reach import Reach
from copilot.readers.record_classes import LIBRARY as RECORD_CLASS
from copilot.readers.schema_values import Asked, SchemaValues, named_like
from copilot.readers.store import FactStore
from copilot.readers.subjects import Subjects, unpinned
from copilot.readers.things import name_of
from copilot.readers.values import Surroundings, Text, Value, resolve

_RANKS: dict[Certainty, int] = {"certain": 0, "likely": 1, "possible": 2}
_SOURCES: dict[str, Certainty] = {
    "code": "certain",
    "setting": "certain",
    "default": "likely",
    "choice": "likely",
    "unset": "possible",
}
_AWS_NAME = re.compile(r"arn:aws[\w-]*:\w+:[^:]*:[^:]*:(?:stream/|deliverystream/)?([^:/]+)$")
_FULL_NAMES = {
    "topic": (re.compile(r"projects/[^/]+/topics/(.+)$"), _AWS_NAME),
    "subscription": (re.compile(r"projects/[^/]+/subscriptions/(.+)$"),),
    "queue": (re.compile(r"https?://[^/]+/\d+/([^/]+)$"), _AWS_NAME),
    "stream": (_AWS_NAME,),
}
_TIED = frozenset({"queue", "stream", "table", "file"})
_QUERY = re.compile(r"\s|\(")
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
        self._classes: dict[str, list[str]] = {}
        for path, outline in sorted(outlines.items()):
            for name in outline.classes:
                self._classes.setdefault(name, []).append(path)

    def read(self, jobs: Mapping[str, JobCode]) -> tuple[Link, ...]:
        """Returns the links of all jobs, which are given by root, sorted."""
        found = [link for job in jobs.values() for link in self._of_configs(job)]
        told = {(link.job, link.direction) for link in found if link.endpoint.name or link.endpoint.variable}
        everything = {path: facts for job in jobs.values() for path, facts in job.facts.items()}
        for root, effect in self._owned(self._effects.read(everything)):
            job = jobs.get(root) or JobCode(root, root, {}, ())
            copies = job.running or (_NOWHERE,)
            links = [link for copy in copies for link in self._of_effect(job, everything[effect.home], effect, copy)]
            named = [link for link in links if _is_told(link)]
            # What a framework is handed in a dict of settings is told by the settings themselves.
            is_framework = self._root_of[effect.home] != root or effect.call.library == "trigger"
            found += named or [link for link in links if not (is_framework and (link.job, link.direction) in told)]
        found += matching_patterns(found)
        return _merged([*found, *_from_producers(found, [*found, *self._beyond.links])])

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
        return effect.call.receiver == DECORATED or not (effect.scope or outline is None or outline.is_script)

    def answer_for(self, jobs: Mapping[str, JobCode]) -> None:
        """Lets the subjects of calls be asked for: by job's root, number of its running copy, and the call's file and index."""

        def answer(root: str, copy: int, path: str, index: int) -> tuple[str, ...]:
            running = (*jobs[root].running, _NOWHERE)[copy]
            call = self._store.python([path])[path].calls[index]
            found = self._schemas.of_call(path, call, Asked(root, running.settings))
            return tuple(dict.fromkeys(unpinned(name)[0] for name in found))

        self._store.premises.answer(CALL_SUBJECTS, answer)

    def _of_configs(self, job: JobCode) -> list[Link]:
        stated = [(path, config, running) for running in job.running for path, config in running.configs]
        coded = [(path, config) for path, facts in sorted(job.facts.items()) for config in facts.configs]
        links: list[Link] = []
        resolved: set[tuple[str, str]] = set()
        for path, config, running in stated:
            twin = next(((file, one) for file, one in coded if _role(one) == _role(config)), None)
            made = self._of_config(job, path, config, running, twin)
            if any(_is_told(link) for link in made):
                resolved.add(_role(config))
            links += made
        for path, config in coded:
            for running in job.running or (_NOWHERE,):
                made = self._of_config(job, path, config, running, None)
                known = [link for link in made if _is_told(link)]
                links += known if known or _role(config) in resolved else made
        named = {(link.direction, link.subject) for link in links if _is_told(link)}
        return [link for link in links if _is_told(link) or (link.direction, link.subject) not in named]

    def _of_config(
        self, job: JobCode, path: str, config: Config, running: Running, twin: tuple[str, Config] | None
    ) -> list[Link]:
        around = self._around(path, running.settings)
        direction: Direction = "consumes" if config.direction == "consumes" else "produces"
        schema, topics = (self._effects.followed(value, path, ()) for value in (config.schema, config.topics))
        asked = Asked(job.root, running.settings)
        subjects = self._schemas.of(schema, path, asked)
        if not subjects and twin is not None:
            twins = self._effects.followed(twin[1].schema, twin[0], ())
            subjects = self._schemas.of(twins, twin[0], asked)
        decoder = self._decoder_of_class(config.library_class, around, direction)
        if decoder is None and twin is not None:
            decoder = self._decoder_of_class(twin[1].library_class, self._around(twin[0], running.settings), direction)
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
        texts = _texts(effect.topics, self._around(effect.path, running.settings))
        codecs = self._codecs(job, home, facts, call)
        asked = Asked(job.root, running.settings, home, call.scope)
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
                decoder = _decoder(source[1]) if source is not None else None
                certainty = _certainty(call, subject, is_one=len(found) < 2 or bool(fitting), is_guess=effect.is_guess)
                kind = cast(EndpointKind, call.endpoint)
                made = self._links(job, (text,), direction, subject, decoder, certainty, proof, running, kind)
                links += [replace(link, forwards=True) if is_forwarded else link for link in made]
        return links

    def _codecs(self, job: JobCode, path: str, facts: FileFacts, call: Call) -> list[tuple[str, Call]]:
        """Returns the calls that decode or encode for a consume or produce call: the traced one, else the nearest."""
        if call.codec >= 0:
            return [(path, facts.calls[call.codec])]
        role = "encode" if call.role == "produce" and call.codec != FORWARDED else "decode"
        here = [(path, one) for one in facts.calls if one.role == role and one.receiver != OF_KEYS]
        own = [entry for entry in here if entry[1].scope == call.scope]
        # What a framework does for one handler, or one topic, says nothing about others.
        here = [entry for entry in here if entry[1].library != RECORD_CLASS]
        for near in (
            [entry for entry in own if call.receiver == DECORATED or entry[1].library != RECORD_CLASS],
            [entry for entry in here if entry[1].scope.partition(".")[0] == call.scope.partition(".")[0]],
            here,
        ):
            if near:
                return near
        beside = self._modules.related(path, job.facts)
        nearby = ((file, one) for file in beside for one in job.facts[file].calls)
        for calls in (nearby, self._imported(path, facts)):
            found = [entry for entry in calls if entry[1].role == role and entry[1].receiver != OF_KEYS]
            found = [entry for entry in found if entry[1].library != RECORD_CLASS]
            if found:
                return found
        return []

    def _imported(self, path: str, facts: FileFacts) -> Iterator[tuple[str, Call]]:
        """Yields the calls in functions and classes that a file imports from packages of their own."""
        for _, module, name in facts.imports:
            file = self._modules.file_of(path, module) if name else None
            imported = self._store.python([file]) if file else {}
            for home, one in imported.items():
                yield from ((home, call) for call in one.calls if call.scope.partition(".")[0] == name)

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
            endpoint = _endpoint(kind, text)
            weakest = max(certainty, _SOURCES[text.source], key=lambda one: _RANKS[one])
            if running.is_example and text.source == "setting":
                weakest = max(weakest, "likely", key=lambda one: _RANKS[one])
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

    def _around(self, path: str, settings: Mapping[str, str]) -> Surroundings:
        lookup = partial(self._modules.lookup, path)
        return Surroundings(path, settings, lookup, read=self._configs.read)

    def _decoder_of_class(self, value: Value, around: Surroundings, direction: Direction) -> Decoder | None:
        """Returns the decoder of a framework's class, where the repository holds the class."""
        for text in resolve(value, around):
            package, _, name = text.text.rpartition(".")
            for path in self._classes.get(name, ()):
                if not package or f"/{package.replace('.', '/')}" in f"/{path}":
                    role = "decode" if direction == "consumes" else "encode"
                    calls = [call for call in self._store.python([path])[path].calls if call.role == role]
                    own = [call for call in calls if call.scope.partition(".")[0] == name]
                    if own:
                        return _decoder(own[0])
        return None


def plain_endpoint(kind: str, text: str) -> str:
    """Returns the name that everyone knows an endpoint by, whether code writes it, its address, or its full resource name."""
    for form in _FULL_NAMES.get(kind, ()):
        found = form.match(text)
        if found:
            return found[1]
    return text


def _is_told(link: Link) -> bool:
    """Tells whether the endpoint of a link is known, by its name or by a pattern."""
    return bool(link.endpoint.name) or link.endpoint.variable.startswith(LIKE)


def _endpoint(kind: EndpointKind, text: Text) -> Endpoint:
    """Returns the endpoint of a text: a pattern, a query, or a table that is filled in where it runs, is no name."""
    if kind == "topic" and text.text.startswith("^"):
        return Endpoint(kind, "", f"{LIKE}{text.text}")
    # "{{": filled in by Airflow when a task runs.
    if "{{" in text.text or (kind == "table" and "{" in text.text):
        return Endpoint(kind, "", text.text.replace("`", ""))
    if kind == "table" and _QUERY.search(text.text):
        return Endpoint(kind, "", "a query")
    name = text.text.replace("`", "") if kind == "table" else text.text
    return Endpoint(kind, plain_endpoint(kind, name), "" if name else text.variable)


def _certainty(call: Call, subject: str | None, *, is_one: bool, is_guess: bool) -> Certainty:
    """Returns how sure it is that a call reads or writes the subject: its codec was traced, or is one beside it."""
    if is_guess or not (is_one or call.codec >= 0):
        return "possible"
    return "certain" if subject is None or call.codec >= 0 else "likely"


def _texts(value: Value, around: Surroundings) -> tuple[Text, ...]:
    """Returns the texts that a value may become; what is unknown is one without text, under the name that the code gives it."""
    found = resolve(value, around) or (Text("", "", "unset"),)
    name = name_of(value)
    return tuple(text if text.text or text.variable else Text("", name, "unset") for text in found)


def _not_beside(proof: tuple[Span, ...], then: tuple[Span, ...]) -> tuple[Span, ...]:
    """Returns the places that the proof does not show already."""
    shown = {(span.path, line) for span in proof for line in range(span.first_line, span.last_line + 1)}
    return tuple(span for span in then if (span.path, span.first_line) not in shown)


def _decoder(call: Call) -> Decoder:
    if call.library in ("json", RECORD_CLASS):
        return Decoder("json", "writer")
    if call.library == LIBRARY:
        return Decoder("fastavro", "single")
    if call.role == "encode":
        return Decoder(call.library, "single" if call.writer is not None else "unknown")
    if call.reader is not None:
        return Decoder(call.library, "own")
    return Decoder(call.library, "single" if call.writer is not None else "writer")


def _kind_of(config: Config) -> EndpointKind:
    """Returns the kind of endpoint that a config is about: what a cloud's template ties to a function says so in its role."""
    kind = config.role.rpartition(":")[2]
    return cast(EndpointKind, kind) if kind in _TIED else "topic"


def _role(config: Config) -> tuple[str, str]:
    return (key_word(config.role), config.direction)


def _from_producers(links: list[Link], producers: list[Link]) -> list[Link]:
    """Returns what consumers read by the topic alone: the subjects of those who produce it."""
    subjects: dict[Endpoint, list[str]] = {}
    for link in producers:
        if link.direction == "produces" and link.subject is not None and link.endpoint.name:
            known = subjects.setdefault(link.endpoint, [])
            if link.subject not in known:
                known.append(link.subject)
    found: list[Link] = []
    for link in links:
        if link.direction == "consumes":
            written = subjects.get(link.endpoint, [])
            certainty: Certainty = "likely" if len(written) == 1 else "possible"
            weakest = max(certainty, link.certainty, key=lambda one: _RANKS[one])
            found += [
                replace(link, subject=name, certainty=weakest, version=0) for name in written if name != link.subject
            ]
    return found


def _merged(links: list[Link]) -> tuple[Link, ...]:
    """Returns each link once, with its surest proof and all its deployments; one that knows less goes where another knows more."""
    best: dict[tuple[str, Endpoint, Direction, str | None], Link] = {}
    where: dict[tuple[str, Endpoint, Direction, str | None], set[str]] = {}
    for link in sorted(links, key=lambda link: (_RANKS[link.certainty], link.proof, link.decoder is None)):
        key = (link.job, link.endpoint, link.direction, link.subject)
        where.setdefault(key, set()).update(link.deployments)
        if best.setdefault(key, link).version != link.version:
            best[key] = replace(best[key], version=0)  # who knows several versions takes the one that fits
    told = {(key[0], key[1], key[2]) for key in best if key[3] is not None}
    named = {(key[0], key[1].kind, *key[2:]) for key in best if key[1].name or key[1].variable}
    for key in list(best):
        job, endpoint, direction, subject = key
        is_nowhere = not endpoint.name and not endpoint.variable
        if (subject is None and key[:3] in told) or (is_nowhere and (job, endpoint.kind, direction, subject) in named):
            del best[key]
    told_where = (replace(link, deployments=tuple(sorted(where[key]))) for key, link in best.items())
    return tuple(sorted(told_where, key=lambda link: (link.job, link.direction, link.endpoint, link.subject or "")))
