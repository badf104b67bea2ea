"""Says a sentence again in the words that `forms` knows: people write to `impact` as they write commits and tickets.

Nothing is looked up here, so what is changed must stand in the words themselves. `cleaned` takes off the words around names
that only say what kind of thing each is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from copilot.planners.sentences import Part

KIND = (
    r"(?:record|message|class|schema|table|type|model|struct|structure|dataclass|object|entity|definition|document|event|interface"
    r"|enum|enumeration|payload|view|dataset|relation|file|proto|topic|subject|stream)"
)
_MERE_KINDS = frozenset(
    ["record", "message", "class", "schema", "table", "type", "struct", "enum", "file", "proto", "topic"]
)
FIELD = r"(?:fields?|columns?|propert(?:y|ies)|attributes?)"
_SYMBOL = r"(?:(?:enum(?:eration)?\s+)?(?:symbol|value)|enum(?:eration)?\s+(?:member|constant|option|case|variant|entry|field))"
_ADJECTIVE = r"(?:an?|the|new|another|additional|extra|existing|old|legacy|unused|deprecated|obsolete|redundant)"
_WILL = r"(?:should|must|shall|will|can|may|needs?\s+to|has\s+to|ought\s+to)(?:\s+now)?\s+"
_BE = rf"(?:{_WILL}(?:be|become|get)|be|becomes?|gets|is(?:\s+now)?|are(?:\s+now)?|was|turns)\s+"
_IN = r"(?:\s+(?:in|of|on|from|for|within|inside)\s+(?P<scope>.+?))?"
_LAST = r"(?:\s+(?:in|of|on|from|for|within|inside)\s+(?P<last>.+))?"
_LITERAL = r"(?:-?\d\S*|true|false|null|none|\[\]|\{\}|\ue000\d+\ue001)"
_NOT_NEEDED = r"(?:is\s+no\s+longer|no\s+longer\s+is|is\s+not|isn't|need\s*(?:n't|not)\s+be|(?:should|must)(?:\s+not|n't)\s+be)\s+"

VERBS = {
    "add": "add adds added adding include includes included insert inserts inserted put define defines support supports expose"
    " exposes track tracks store stores carry provide declare introduces introduced introducing creates created",
    "remove": "removes removed removing drops dropped dropping deletes deleted deleting retire retires eliminate kill strip purge"
    " discard scrap ditch omit",
    "rename": "renames renamed renaming",
    "change": "changes changed changing bump bumps upgrade upgrades migrate migrates switch switches",
    "make": "makes made making",
}
"""The verbs of the forms, each with others that say the same at the beginning of a sentence."""

# Tried on every sentence, because a form would take these for something else.
_FIRST = (
    (rf"add\s+(?:{_ADJECTIVE}\s+)*{_SYMBOL}\s+(?P<rest>\S+\s.+)", "add symbol {rest}"),
    (rf"(?:remove|drop|delete)\s+(?:{_ADJECTIVE}\s+)*{_SYMBOL}\s+(?P<rest>\S+\s.+)", "remove symbol {rest}"),
    (
        r"(?:set|add|give|change|update|use)\s+(?:an?\s+|the\s+)?default(?:\s+value)?(?:\s+(?:of|to))?\s+"
        rf"(?P<value>{_LITERAL})\s+(?:for|to|on|of|as|in)\s+(?P<field>\S+(?:\s+{FIELD})?){_IN}",
        "set the default of {field} in {scope} to {value}",
    ),
    (
        rf"add\s+(?:{_ADJECTIVE}\s+)*(?:option|member|constant|case|variant|entry|literal)\s+"
        r"(?P<rest>\S+\s+(?:to|in|into)\s+(?:(?:the\s+)?enum\s.+|.+\senum))",
        "add symbol {rest}",
    ),
    (
        rf"add\s+(?:{_ADJECTIVE}\s+)*(?P<field>\S+)\s+{FIELD}\s+(?P<rest>(?:of\s+type|with\s+(?:the\s+)?type|typed|as|being|:|\().+)",
        "add {field} {rest}",
    ),
    (rf"add\s+(?:{_ADJECTIVE}\s+)*(?:\S+\s+)?{FIELD}\s+(?:called|named)\s+(?P<rest>.+)", "add {rest}"),
    (r"add\s+support\s+for\s+(?P<rest>.+)", "add {rest}"),
    (r"alter\s+table\s+(?P<scope>\S+)\s+(?:alter|modify|change)\s+(?:column\s+)?(?P<field>\S+)\s+(?:set\s+data\s+)?(?:type\s+)?(?P<type>.+)",
     "change the type of {field} in {scope} to {type}"),
    (r"alter\s+table\s+(?P<scope>\S+)\s+(?P<rest>(?:add|drop|rename)\s.+)", "{rest} in {scope}"),
    (r"rename\s+from\s+(?P<rest>.+)", "rename {rest}"),
    (r"change\s+(?P<field>.+?)'s\s+name\s+(?P<rest>to\s.+)", "rename {field} {rest}"),
    (
        r"(?:change|set|switch|turn|convert)\s+(?P<field>.+?)\s+(?:from\s+\S+\s+)?(?:to|into)\s+(?:be\s+)?"
        r"(?P<flag>nullable|optional|required|mandatory)(?P<rest>\s.+)?",
        "make {field} {flag} {rest}",
    ),
    (
        rf"make\s+(?P<field>.+?){_IN}\s+(?P<type>repeated(?:\s\S+)?){_LAST}",
        "change the type of {field} in {scope} to {type} in {last}",
    ),
)  # fmt: skip

# Tried where no form fits, in this order.
_ELSE = (
    (
        rf"(?P<field>\S+?){_IN}\s*:\s+(?P<was>\S+)\s*(?:->|=>|\sto\s)\s*(?P<type>\S+){_LAST}",
        "change the type of {field} in {scope} to {type} in {last}",
    ),
    (r"(?P<rest>(?:rename|remove|drop|delete|change|make)\s.+?)\s*\((?P<scope>[^()]+)\)", "{rest} in {scope}"),
    (r"(?:(?:in|for|on|within)\s+)?(?P<scope>\S+|.+?(?=\s*:\s))\s*:\s+(?P<rest>[A-Za-z]+\s.+)", "{rest} in {scope}"),
    (
        r"(?:in|on|for|within)\s+(?P<scope>.+?),?\s+(?P<rest>(?:add|remove|drop|delete|rename|change|make|set|convert)\s.+)",
        "{rest} in {scope}",
    ),
    (r"(?:extend|augment|enrich|supplement|expand)\s+(?P<scope>.+?)\s+(?:with|by)\s+(?P<rest>.+)", "add {rest} to {scope}"),
    (
        rf"(?P<scope>\S+(?:\s+{KIND})?)\s+(?:needs|gets|has|receives|gains|{_WILL}(?:have|get|carry|contain|include|hold))\s+(?P<rest>.+)",
        "add {rest} to {scope}",
    ),
    (r"(?:we|i|there)\s+(?:need|want|should\s+be|must\s+be|is)\s+(?P<rest>.+)", "{rest}"),
    (rf"(?:an?\s+)?new\s+{_SYMBOL}\s+(?P<rest>.+)", "add symbol {rest}"),
    (rf"(?:an?\s+)?new\s+(?P<rest>(?:\S+\s+)?{FIELD}\s.+)", "add {rest}"),
    (
        rf"(?P<scope>\S+(?:\s+{KIND})?)\s+(?:no\s+longer|does(?:\s+not|n't)|should(?:\s+not|n't))\s+"
        r"(?:has|have|needs?|contains?|carry|carries|includes?)\s+(?P<rest>.+)",
        "remove {rest} from {scope}",
    ),
    (r"(?:stop|cease|quit)\s+[a-z]+ing\s+(?P<rest>.+)", "remove {rest}"),
    (
        rf"(?P<field>.+?){_IN}\s+{_BE}(?:removed|dropped|deleted|retired|gone|eliminated){_LAST}",
        "remove {field} from {scope} in {last}",
    ),
    (
        rf"(?P<field>.+?){_IN}\s+{_BE}(?:called|named|renamed(?:\s+(?:to|as|into))?)\s+(?P<to>\S+){_LAST}",
        "rename {field} to {to} in {scope} in {last}",
    ),
    (r"(?:replace|substitute|swap)\s+(?P<field>.+?)\s+(?:with|by|for)\s+(?P<rest>.+)", "rename {field} to {rest}"),
    (r"(?:call|name)\s+(?P<field>\S+)\s+(?P<to>\S+)\s+(?:instead\s+)?(?P<rest>(?:in|of|on)\s.+)", "rename {field} to {to} {rest}"),
    (rf"(?P<field>.+?){_IN}\s+{_NOT_NEEDED}(?:required|mandatory){_LAST}", "make {field} optional in {scope} in {last}"),
    (
        rf"(?P<field>.+?){_IN}\s+{_BE}(?P<flag>optional|nullable|required|mandatory|deprecated){_LAST}",
        "make {field} {flag} in {scope} in {last}",
    ),
    (
        r"(?:use|allow|accept|store)\s+(?:an?\s+)?(?P<type>.+?)\s+(?:for|as\s+(?:the\s+)?type\s+of)\s+(?P<rest>.+)",
        "change the type of {rest} to {type}",
    ),
    (
        rf"(?P<field>\S+){_IN}\s+{_BE}(?P<type>(?:an?|repeated|list|array)\s.+|\S+)",
        "change the type of {field} in {scope} to {type}",
    ),
)  # fmt: skip
_NOWHERE = re.compile(r"\s(?:in|from)(?=\s+(?:in|from|to)\s|\s*$)")
_AROUND_SCOPE = re.compile(rf"^(?:(?:{_ADJECTIVE}|{KIND})\s+)+(?=\S)|(?:'s)?(?:\s+{KIND})+$", re.IGNORECASE)
_KINDS_ALONE = re.compile(rf"(?:{_ADJECTIVE}\s+)*(?P<kinds>{KIND}(?:\s+{KIND})+)$", re.IGNORECASE)
_AROUND_FIELD = re.compile(rf"^(?:(?:{_ADJECTIVE}|{FIELD})\s+)+(?=\S)|(?:\s+{FIELD})+$", re.IGNORECASE)
_PATH = (
    r"(?:[\w.@+-]+/)+[\w.@+-]+|[\w@+-][\w.@+-]*\.(?:avsc|avdl|avpr|proto|jsonc?|py|ya?ml|sql|schema|graphql|thrift|bq)"
)
_QUOTES = re.compile("[`'\"]")
_PLACED = re.compile(
    rf"^(?P<record>\S+?)(?:\s+{KIND})*\s*(?:\s(?:in|of|from|at|inside|within|under|@)\s+|\()(?:the\s+)?(?:file\s+)?(?P<path>{_PATH})\)?$"
    rf"|^(?P<path2>{_PATH})(?:#/?|::?)(?P<record2>[\w./$-]+)$",
    re.IGNORECASE,
)


def sayings_of(part: Part) -> Iterator[Part]:
    """Yields the sentence in words that are more and more those of the forms."""
    text = _with_verb(part.text)
    for pattern, made in _compiled()[0]:
        text = _said_again(pattern, made, text)
    yield Part(text, part.raw)
    for pattern, made in _compiled()[1]:
        again = _said_again(pattern, made, text)
        if again != text:
            text = _with_verb(again)
            yield Part(text, part.raw)


def bare_scope(words: str) -> tuple[str, str]:
    """Returns the file or record that a scope names, and the record where the scope names both: "Order in shop/order.proto"."""
    said = _QUOTES.sub("", words).strip()
    kinds = _KINDS_ALONE.match(said)
    if kinds:
        # Records are called Event, Document or SCHEMA: what is written as a name is one, else what is no mere kind.
        return min(kinds["kinds"].split(), key=lambda it: (it.islower(), it.lower() in _MERE_KINDS)), ""
    bare = _AROUND_SCOPE.sub("", said)
    placed = _PLACED.match(bare)
    if placed:
        return placed["path"] or placed["path2"], placed["record"] or placed["record2"]
    return bare, ""


def bare_field(words: str) -> str:
    """Returns the name of a field without the words that call it one; "" where there are only such words."""
    bare = _AROUND_FIELD.sub("", words.strip())
    return "" if re.fullmatch(rf"(?:{_ADJECTIVE}|{FIELD})", bare, re.IGNORECASE) else bare


def _with_verb(text: str) -> str:
    first, _, rest = text.partition(" ")
    return f"{_verbs().get(first.lower(), first)} {rest}"


@cache
def _verbs() -> dict[str, str]:
    return {word: verb for verb, words in VERBS.items() for word in words.split()}


def _said_again(pattern: re.Pattern[str], made: str, text: str) -> str:
    match = pattern.match(text)
    if match is None:
        return text
    again = made.format_map({name: value or "" for name, value in match.groupdict().items()})
    return " ".join(_NOWHERE.sub("", _NOWHERE.sub("", " ".join(again.split()))).split())


@cache
def _compiled() -> tuple[list[tuple[re.Pattern[str], str]], list[tuple[re.Pattern[str], str]]]:
    first, others = (
        [(re.compile(f"^{pattern}$", re.IGNORECASE), made) for pattern, made in it] for it in (_FIRST, _ELSE)
    )
    return first, others
