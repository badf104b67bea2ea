"""What a sentence that a model words has to keep to, so that it says no more than the evidence that it cites.

Stricter than what our own sentences keep to (`domain.figures`), since a model may say a number in letters, with a unit glued to
it, or as a part of something that looks like a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copilot.domain.codec import canonical
from copilot.domain.evidence import Evidence
from copilot.domain.figures import numbers_of
from copilot.domain.operation import operation_object
from copilot.domain.proposal import Proposal
from copilot.domain.visible import visible

TEXT_LENGTH_MAX = 300
CITES_MAX = 8
Sentence = tuple[str, str, tuple[str, ...]]
"""The id of the alternative that it is about, the words, and the ids of the evidence that it rests on."""
_MARKUP = re.compile(r"[<>`*|#~\[\]{}\\^]|__|://|www\.|@\w|\b(?:https?|mailto|javascript|data):", re.IGNORECASE)
_BY_LETTER = re.compile(r"\b(?:alternatives?|options?|variants?|proposals?)\s+(?:[A-Z]\d?|#?\d+)\b")
_ID = re.compile(r"\b[a-z][a-z0-9-]*-[0-9a-f]{6,64}\b")
_TOKEN = re.compile(r"[^\s,;()\"“”„]+")
_ENDS = ".:!?%'’‘"
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9][,'’ _][0-9]{3}\b")
_COUNTED = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBER_WORDS = {word: value for value, word in enumerate(_COUNTED)}
_INEXACT = frozenset((
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand", "thousands",
    "million", "millions", "billion", "billions", "dozen", "dozens", "half", "halves", "twice", "thrice",
))  # fmt: skip


def problems_of(sentence: Sentence, proposal: Proposal) -> Iterator[str]:
    """Yields what is wrong with a sentence about a decided proposal; nothing where it may be shown."""
    alternative, text, cites = sentence
    assert proposal.decision is not None, "words are about rulings"
    if alternative not in {ruling.alternative for ruling in proposal.decision.rulings}:
        yield f'There is no ruling about "{alternative[:80]}".'
        return
    yield from _form_problems(text)
    known = {it.id: it for it in proposal.evidence}
    unknown = [id for id in cites if id not in known]
    cited = [known[id] for id in cites if id in known]
    if unknown:
        yield f"There is no evidence {', '.join(it[:80] for it in unknown[:3])}."
    if len(cites) > CITES_MAX:
        yield f"It cites {len(cites)} evidences; the limit is {CITES_MAX}."
    if not any(it.alternative == alternative for it in cited):
        yield f"It cites no evidence of {alternative}."
    yield from _number_problems(text, cited, proposal)
    ids = {it.alternative for it in proposal.decision.rulings} | set(cites)
    for id in _ID.findall(text):
        if id not in ids:
            yield f'It speaks of "{id}", which is neither an alternative nor cited.'


def standing(proposal: Proposal) -> tuple[Sentence, ...]:
    """Returns the sentences of a model that keep to the evidence that is there."""
    if proposal.worded is None or proposal.decision is None:
        return ()
    return tuple(it for it in proposal.worded.sentences if not any(problems_of(it, proposal)))


def _form_problems(text: str) -> Iterator[str]:
    if not text.strip():
        yield "It says nothing."
    if len(text) > TEXT_LENGTH_MAX:
        yield f"It has {len(text)} characters; the limit is {TEXT_LENGTH_MAX}."
    if visible(text, keep="") != text:
        yield "It holds line ends, control or hidden characters."
    found = _MARKUP.search(text)
    if found:
        yield f'It holds markup or a link: "{found[0]}".'
    found = _BY_LETTER.search(text)
    if found:
        yield f'It says "{found[0]}"; call an alternative by its id, or by what it does.'


def _number_problems(text: str, cited: Iterable[Evidence], proposal: Proposal) -> Iterator[str]:
    """What holds a digit is a number that the cited evidence holds, or a name that stands in it or in what was asked."""
    cited = tuple(cited)
    numbers = {number for it in cited for number in numbers_of(it)}
    if _GROUPED.search(text):
        yield "It groups digits; write numbers as the evidence has them."
    names: set[str] | None = None
    for token in _tokens(text):
        word = token.lower()
        value = _NUMBER_WORDS.get(word)
        if word in _INEXACT or any(part in _INEXACT or part in _NUMBER_WORDS for part in word.split("-")[1:]):
            yield f'It says "{token}"; write numbers with digits, as the evidence has them.'
        elif value is not None and float(value) not in numbers:
            yield f'It says "{token}", which stands in no evidence that it cites.'
        elif any(character.isnumeric() for character in token):
            if _PLAIN_NUMBER.fullmatch(token) and float(token) in numbers:
                continue
            names = names if names is not None else _names(cited, proposal)
            if token not in names or _PLAIN_NUMBER.fullmatch(token):
                yield f'It says "{token}", which stands in no evidence that it cites.'


def _tokens(text: str) -> list[str]:
    return [token.strip(_ENDS) for token in _TOKEN.findall(text)]


def _names(cited: Iterable[Evidence], proposal: Proposal) -> set[str]:
    """Returns all words of what the sentence may speak about: what was asked, the alternatives, and the cited evidence."""
    texts = [proposal.request.text, *(canonical(operation_object(it)) for it in proposal.request.operations)]
    for alternative in proposal.alternatives:
        texts += [alternative.id, alternative.title, *(phase.name for phase in alternative.phases)]
    for evidence in cited:
        texts += [evidence.id, evidence.check, *(f"{it.name} {it.unit}" for it in evidence.measures)]
        for finding in evidence.findings:
            texts += [finding.message, finding.path, finding.subject, finding.fix, str(finding.span or "")]
    return {token for text in texts for token in _tokens(text)}
