"""Wishes in sentences: "don't break billing", "keep the old topic for 30 days", "why not the alias?".

A wish limits the way, not the end; it is taken out of the request before the rest is read as operations. Jobs are looked up in
the map, and what is unclear is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from copilot.domain.pipeline import PipelineMap
from copilot.domain.wishes import Avoids, KeepsOld, KeepsWorking, Prefers, Wish
from copilot.errors import Ambiguous, NotFound, WrongUsage
from copilot.planners.matching import jobs_of
from copilot.planners.names import listed, nearest
from copilot.planners.sentences import Part, parts_of

DAYS_MAX = 3650
WISHES_MAX = 16
_SHOWN_AT_MOST = 8
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_JOB = r"(?P<job>(?:the\s+|our\s+)?[`'\"]?[\w./:-]+[`'\"]?(?:\s+(?:job|service|step|worker|consumer|app))?)"
_TIME = rf"(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)})[\s-]+(?P<unit>{'|'.join(_DAYS)})s?"
_NOT = r"(?:don'?t|do\s+not|must\s*n[o']t|may\s+not|should\s*n[o']t|never|without)"
_WORKING = (
    rf"{_NOT}\s+(?:break(?:ing)?|stop(?:ping)?|disturb(?:ing)?|interrupt(?:ing)?)\s+{_JOB}",
    rf"(?:keep|leave)\s+{_JOB}\s+(?:working|running|alive|untouched|up)",
    rf"{_JOB}\s+(?:must|should|has\s+to|needs\s+to)\s+(?:(?:keep|go)\s+(?:on\s+)?|stay\s+)(?:working|running|up)",
    rf"{_JOB}\s+(?:must|should)\s+not\s+(?:break|stop|fail)",
)
_OLD = (
    rf"(?:keep|leave|retain|support)\s+(?:the\s+)?(?:old|previous|former|both)\b[^;,]*?\s+(?:for\s+)?(?:at\s+least\s+)?{_TIME}",
    rf"for\s+(?:at\s+least\s+)?{_TIME}\s+(?:keep|leave|retain|support)\s+(?:the\s+)?(?:old|previous|former|both)\b[^;,]*",
)
_WAY = (
    r"why\s+(?:not|no|didn'?t\s+(?:you|we)\s+(?:use|take|choose))\s+(?P<way>[^;,.?]+?)",
    r"(?:i'?d|we'?d|i|we)\s+(?:would\s+)?(?:rather|prefer)(?:\s+(?:use|take|have))?\s+(?P<way>[^;,.?]+?)",
    r"(?:preferably|if\s+possible)\s+(?:use|with|by|as)\s+(?P<way>[^;,.?]+?)",
)
_NO_WAY = (
    r"not\s+(?:the|by|via|through)\s+(?P<way>[^;,.?]+?)",
    r"(?:don'?t|do\s+not|never)\s+(?:use|take|choose|want)\s+(?P<way>[^;,.?]+?)",
    r"any(?:thing|\s+way)\s+but\s+(?P<way>[^;,.?]+?)",
)
_BEFORE = r"(?P<rest>.*?)(?:^|,?\s+(?:but|and|while|yet|so\s+that)\s+|,\s*|\s+(?=without\b))"
_FORMS = tuple(
    (kind, re.compile(rf"{_BEFORE}(?P<wish>(?:also\s+)?{form})$", re.IGNORECASE))
    for kind, forms in (("working", _WORKING), ("old", _OLD), ("way", _WAY), ("no way", _NO_WAY))
    for form in forms
)
_EVERY = frozenset(
    (
        "anything",
        "anyone",
        "anybody",
        "things",
        "everything",
        "production",
        "prod",
        "consumers",
        "readers",
        "jobs",
        "others",
    )
)
_ARTICLE = re.compile(r"^(?:the|an?|our|use|take|with)\s+", re.IGNORECASE)


def without_wishes(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Returns the parts of a request that say what is to change."""
    return tuple(rest for part in parts if (rest := _taken_apart(part)[0]).text)


def wishes_in(text: str, pipeline: PipelineMap) -> tuple[Wish, ...]:
    """Returns the wishes of a request, in its order; raises NotFound or Ambiguous for a job that is none, or can be several."""
    found = [match for part in parts_of(text) for match in _taken_apart(part)[1]]
    if len(found) > WISHES_MAX:
        raise WrongUsage(f"There are more than {WISHES_MAX} wishes.", next="Leave some out.")
    return tuple(dict.fromkeys(_wish(kind, part, match, pipeline) for kind, part, match in found))


def the_job(said: str, pipeline: PipelineMap, *, where: str = "") -> str:
    """Returns the name of the one job that is meant; raises NotFound with the nearest names, or Ambiguous with the candidates."""
    found = jobs_of(said, pipeline)
    if len(found) == 1:
        return found[0]
    if found:
        what = f'"{said}" can be {listed(found[:_SHOWN_AT_MOST])}.'
        raise Ambiguous(what, found, said=said, where=where, next=f'Say it exactly, as in "{found[0]}".')
    names = [it.name for it in pipeline.jobs]
    close = nearest(said, names)
    known = close or tuple(names[:_SHOWN_AT_MOST])
    lead, mark = ("Did you mean", "?") if close else ("Known ones are", ".")
    next = f"{lead} {listed(known)}{mark}" if known else "No job was found in this repository."
    raise NotFound(f'No job matches "{said}".', said, close, where=where, next=next)


def _taken_apart(part: Part) -> tuple[Part, list[tuple[str, Part, re.Match[str]]]]:
    """Returns what is left of a part without its wishes, and those with their kinds."""
    rest = part
    found: list[tuple[str, Part, re.Match[str]]] = []
    while match := next(_matches(rest), None):
        kind, said = match
        found.insert(0, (kind, part, said))
        rest = replace(rest, text=said["rest"].rstrip(" ,"))
    return rest, found


def _matches(part: Part) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, form in _FORMS:
        if match := form.fullmatch(part.text):
            yield kind, match


def _wish(kind: str, part: Part, match: re.Match[str], pipeline: PipelineMap) -> Wish:
    words = part.restored(match["wish"])
    if kind in ("way", "no way"):
        named = Prefers if kind == "way" else Avoids
        return named(_ARTICLE.sub("", part.name(match["way"])), words)
    if kind == "working":
        job = _ARTICLE.sub("", part.name(match["job"]))
        return KeepsWorking("" if job.lower() in _EVERY else the_job(job, pipeline, where=f'"{words}"'), words)
    count = match["count"].lower()
    days = (_NUMBERS.get(count) or int(count)) * _DAYS[match["unit"].lower()]
    if not 0 < days <= DAYS_MAX:
        raise WrongUsage(
            f"{days} days are out of bounds.", where=f'"{words}"', next=f"Say between 1 and {DAYS_MAX} days."
        )
    return KeepsOld(float(days), words)
