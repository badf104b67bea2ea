"""Takes a request apart: quoted names and JSON are set aside first, so that no word inside them is taken for a command."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.errors import NotUnderstood, WrongUsage

TEXT_LENGTH_LIMIT = 8_000
PARTS_LIMIT = 64
PART_LENGTH_LIMIT = 500
VERBS = (
    "add",
    "introduce",
    "create",
    "append",
    "remove",
    "drop",
    "delete",
    "rename",
    "change",
    "set",
    "retype",
    "widen",
    "narrow",
    "promote",
    "convert",
    "cast",
    "turn",
    "make",
    "mark",
    "require",
    "deprecate",
    "give",
    "alter",
    "update",
    "allow",
    "get rid of",
    "move",
    "reorder",
    "raise",
    "lower",
    "loosen",
    "tighten",
    "relax",
    "document",
    "unset",
    "mask",
    "tokenise",
    "tokenize",
    "encrypt",
    "erase",
    "split",
    "merge",
    "combine",
    "join",
    "nest",
    "flatten",
)
_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_VERB = "(?:" + "|".join(f"[{verb[0]}{verb[0].upper()}]{verb[1:]}" for verb in VERBS) + ")"
_BREAK = re.compile(
    r"\s*(?:;|\n)\s*"
    r"|\.\s+(?=[^\W\d_])"
    r"|,?\s+(?:and\s+)?then,?\s+"
    rf"|(?:,\s*(?:and\s+)?|\s+and\s+)(?:also\s+)?(?={_VERB}\s)"
)
_POLITE = re.compile(
    r"^(?:(?:[-*•]|\d+[.)])\s+|please\s+|kindly\s+|also\s+|(?:can|could|would)\s+(?:you|we)\s+|(?:we|i)\s+(?:want|need|would\s+like)\s+to\s+"
    r"|let'?s\s+|let\s+us\s+|then\s+|and\s+)+",
    re.IGNORECASE,
)
# Before sentences are told apart: the comma of "hi team, remove note from Order" would end one.
_GREETING = re.compile(r"^\s*(?:hi|hello|hey)(?:\s+(?:there|all|team|everyone))?\s*[,!.]?\s+", re.IGNORECASE)
_THANKS = re.compile(r",?\s+(?:thanks|thank\s+you|thx|please|pls)(?:\s+a\s+lot|\s+very\s+much)?$", re.IGNORECASE)
# "in Order rename a to b": without a comma the verb shows where the schema's name ends.
_LED = re.compile(
    rf"^(?:in|for|on|within)\s+(?P<scope>(?:the\s+)?\S+(?:\s+schema)?)\s+(?P<rest>{_VERB}\s.+)$", re.IGNORECASE
)


_TYPE = r"(?:string|text|int|integer|long|float|double|boolean|bool|bytes|date|timestamp[\w-]*|decimal|number|uuid)"
_NEED = r"(?:(?:new|optional|required|nullable|mandatory)\s+)"
_NAMES = rf"[\w.{_OPEN}{_CLOSE}]+(?:\s*,\s*(?:and\s+)?[\w.{_OPEN}{_CLOSE}]+|\s+and\s+[\w.{_OPEN}{_CLOSE}]+)+"
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
# "add a string a and an int b to Order": what follows the "and" is said as a field is, so the verb holds for it, too.
_ADDS = re.compile(r"^(?P<verb>add|introduce|create|append)\s+(?=an?\s)", re.IGNORECASE)
_ALSO_ADDED = re.compile(rf"(?:,\s*(?:and\s+)?|\s+and\s+)(?=an?\s+{_NEED}*(?:{_TYPE}|field)\s+\S)", re.IGNORECASE)
# "add two optional strings, a and b, to Order": each is one.
_ADDS_MANY = re.compile(
    rf"^(?P<verb>add|introduce|create|append)\s+(?:\w+\s+)??(?P<kind>{_NEED}*{_TYPE})s\b[:,]?\s+(?:called\s+|named\s+)?"
    rf"(?P<names>{_NAMES}),?\s+(?P<tail>(?:to|in|into)\s.+)$",
    re.IGNORECASE,
)
# "add a string a to Order and Payment": the change is asked of both.
_OF_BOTH = re.compile(
    rf"^(?P<head>(?:add|introduce|create|append|remove|drop|delete|rename|deprecate|make|mark)\s.+)\s(?P<to>to|in|into|from)\s+"
    rf"(?:both\s+)?(?P<scopes>{_NAMES})$",
    re.IGNORECASE,
)
_PUTS = re.compile(r"(?:add|introduce|create|append|remove|drop|delete)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence with its quotes and JSON set aside: `text` has a token for each of `raw`."""

    text: str
    raw: tuple[str, ...]

    def restored(self, piece: str) -> str:
        """Returns a piece of the text with everything back in its place, as the person wrote it."""
        return _TOKEN.sub(lambda match: self.raw[int(match[1])], piece)

    def name(self, piece: str) -> str:
        """Returns a piece as a name: quotes and backticks around it are taken off."""
        restored = self.restored(piece).strip()
        if len(restored) > 1 and restored[0] == restored[-1] and restored[0] in "`'\"":
            return restored[1:-1].strip()
        return restored

    @property
    def said(self) -> str:
        return self.restored(self.text)


def parts_of(text: str) -> tuple[Part, ...]:
    """Returns the sentences of a request in order; raises WrongUsage for an empty or overlong one."""
    if len(text) > TEXT_LENGTH_LIMIT:
        raise WrongUsage(
            f"The request has {len(text)} characters; the limit is {TEXT_LENGTH_LIMIT}.",
            next="Say it in several requests.",
        )
    masked, raw = _set_aside(_GREETING.sub("", _plain(text)))
    parts = [
        Part(said, raw) for piece in _BREAK.split(masked) if (cleaned := _cleaned(piece)) for said in _each(cleaned)
    ]
    if not parts:
        raise WrongUsage("The request is empty.", next='Say, for example, "rename amount to total_cents in Order".')
    if len(parts) > PARTS_LIMIT:
        raise WrongUsage(f"The request has more than {PARTS_LIMIT} parts.", next="Say it in several requests.")
    for part in parts:
        # The patterns try every place of each "in" and "to" in a part: their cost grows with the cube of its length.
        if len(part.text) > PART_LENGTH_LIMIT:
            raise NotUnderstood(f'A part is too long: "{part.said[:60]}..."', next="Say it in short sentences.")
    return tuple(parts)


def _each(said: str) -> list[str]:
    """Returns a part with its verb for each of the fields that it adds, and for each of the schemas that it is asked of."""
    both = _OF_BOTH.match(said)
    if both and (both["to"] == "in" or _PUTS.match(said)):
        ends = [f" {both['to']} {scope}" for scope in _COMMA.split(both["scopes"])]
        return [one.removesuffix(end) + end for end in ends for one in _each(both["head"] + end)]
    many = _ADDS_MANY.match(said)
    if many:
        article = "an" if many["kind"][0] in "aeiouAEIOU" else "a"
        return [
            f"{many['verb']} {article} {many['kind']} {name} {many['tail']}" for name in _COMMA.split(many["names"])
        ]
    adds = _ADDS.match(said)
    if adds is None:
        return [said]
    first, *others = _ALSO_ADDED.split(said)
    return [first, *(f"{adds['verb']} {other}" for other in others)]


def _plain(text: str) -> str:
    text = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2192: "to", 0xA0: " "})
    # Whatever is not printable can't be part of a name; it must not reach patterns or messages.
    kept = (char if char.isprintable() or char == "\n" else " " for char in text if char not in (_OPEN, _CLOSE))
    return "".join(kept)


def _set_aside(text: str) -> tuple[str, tuple[str, ...]]:
    raw: list[str] = []
    pieces: list[str] = []
    at = 0
    while at < len(text):
        end = _end_of_quote(text, at) or _end_of_json(text, at)
        if end:
            pieces.append(f"{_OPEN}{len(raw)}{_CLOSE}")
            raw.append(text[at:end])
            at = end
        else:
            pieces.append(text[at])
            at += 1
    return "".join(pieces), tuple(raw)


def _end_of_quote(text: str, at: int) -> int:
    mark = text[at]
    if mark not in "`'\"" or (mark == "'" and at and text[at - 1].isalnum()):
        return 0
    end = text.find(mark, at + 1)
    while mark == "'" and 0 < end < len(text) - 1 and text[end + 1].isalnum():
        end = text.find(mark, end + 1)
    return end + 1 if end > at + (1 if mark == "`" else 0) and "\n" not in text[at:end] else 0


def _end_of_json(text: str, at: int) -> int:
    if text[at] not in "{[" or (at and not (text[at - 1].isspace() or text[at - 1] in "(:=")):
        return 0
    depth, inside = 0, False
    for position in range(at, len(text)):
        char = text[position]
        if char == '"' and text[position - 1] != "\\":
            inside = not inside
        elif not inside:
            depth += (char in "{[") - (char in "}]")
            if depth == 0:
                return position + 1
    return 0


def _cleaned(piece: str) -> str:
    piece = _THANKS.sub("", " ".join(piece.split()).rstrip(" .,!?")).rstrip(" .,!?")
    led = _LED.match(piece)
    piece = f"{led['rest']} in {led['scope']}" if led else piece
    return _POLITE.sub("", piece).strip()
