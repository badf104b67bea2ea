"""The sentences that are understood: each form is a pattern, and what it says is still words until it meets the map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from copilot.planners.sentences import Part

FORMS = (
    "add an optional double `parallax` to SCHEMA",
    "add a long `retries` with default 0 to SCHEMA",
    "add a required string `region` to SCHEMA",
    "remove FIELD from SCHEMA",
    "rename FIELD to NAME in SCHEMA",
    "change the type of FIELD to long in SCHEMA",
    "make FIELD optional in SCHEMA",
    "make FIELD required in SCHEMA",
    "add symbol REVIEW to FIELD in SCHEMA",
    "remove symbol REVIEW from FIELD in SCHEMA",
    "set the default of FIELD in SCHEMA to 0",
    "deprecate FIELD in SCHEMA",
    "change the unit of FIELD in SCHEMA from cents to euros",
    'change the meaning of FIELD in SCHEMA to "Trials count, too." as NAME',
    "split FIELD in SCHEMA into A and B at ' '",
    "merge FIELD and FIELD in SCHEMA into NAME",
    "nest FIELD and FIELD in SCHEMA into NAME",
    "flatten FIELD in SCHEMA",
    "make FIELD in SCHEMA an array",
    "make FIELD in SCHEMA a money object in EUR",
    "remove the default of FIELD in SCHEMA",
    "mark FIELD in SCHEMA as timestamp-millis",
    'change the doc of FIELD in SCHEMA to "In cents."',
    "move FIELD before FIELD in SCHEMA",
    "reorder the fields of SCHEMA: A, B, C",
    "rename symbol NEW to OPEN in FIELD of SCHEMA",
    "reorder the symbols of FIELD in SCHEMA: A, B, C",
    "rename record SCHEMA to NAME",
    "move SCHEMA to namespace shop.sales",
    "rename topic orders.v1 to orders.v2",
    "raise the compatibility of SCHEMA to FULL_TRANSITIVE",
    "lower the compatibility of SCHEMA to NONE until 2026-12-31",
    "tag FIELD in SCHEMA as PII",
    "tokenise FIELD in SCHEMA",
    "key orders.v1 by FIELD",
    "require FIELD in SCHEMA to be >= 0",
    "split orders.v1 by FIELD into A, B",
    "split orders.v1 by record type",
    "merge topics orders.v1 and payments.v1 into sales.v1",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one sentence says, as pieces of its part's text; "" where it says nothing about it."""

    op: str
    part: Part
    field: str
    scope: str = ""
    to: str = ""
    type: str = ""
    default: str = ""
    symbol: str = ""
    is_nullable: bool = False
    is_optional: bool = False
    is_required: bool = False
    doc: str = ""
    names: str = ""
    """A list as it was said: the fields or symbols of a new order."""
    beside: str = ""
    """With `reorder_fields`: the field that it is moved next to, "" for an end of the record."""
    is_after: bool = False
    until: str = ""
    unit: str = ""
    was: str = ""
    factor: str = ""
    at: str = ""
    currency: str = ""


_FIELD = r"(?:the\s+)?(?:fields?\s+|columns?\s+|attribute\s+)?(?P<field>.+?)(?:\s+(?:fields?|columns?))?"
_ENUM = r"(?:the\s+)?(?:enum\s+|symbols\s+of\s+|values\s+of\s+)?(?:field\s+)?(?P<field>.+?)(?:\s+(?:enum|field))?"
_SCOPE = r"(?:\s+(?:in|of|on|out\s+of|from|for|inside|within)\s+(?P<scope>.+?))?"
_AFTER = r"(?:\s+(?:in|on|for|inside|within)\s+(?P<scope2>.+?))?"
_TO = r"\s+(?:to|as|into|->|=>)\s+"
_WAS = r"(?:\s+from\s+(?P<was>\S+))?"

_SCOPE_LAST = _SCOPE.replace("scope", "scope2")
_DEFAULT_WORD = r"default(?:\s+value)?"
_IN = r"(?:\s+(?:in|of|on|for|inside|within)\s+(?P<scope>.+?))?"
_WAS_IN = rf"(?:\s+from\s+\S+)?{_IN}"
_TO_DEFAULT = rf"{_WAS}{_TO}(?P<default>\S+){_AFTER}"
_TO_TYPE = rf"{_WAS}{_TO}(?P<type>.+?){_AFTER}"
_ADDS = r"(?:add|append|introduce)\s+"
_REMOVES = r"(?:remove|drop|delete|get\s+rid\s+of)\s+"
_SETS = r"(?:set|change|update|alter)\s+"
_MARKS = r"(?:make|mark|set|let|declare)\s+"
_BE = r"(?:\s+to\s+be|\s+be|\s+as)?\s+"
_ENUM_WORD = r"(?:the\s+)?(?:enum|symbols\s+of|values\s+of)\s+"
_REQUIRED = r"(?:required|mandatory|non-?\s?null(?:able)?|not\s+null(?:able)?|non-?optional)"
_SHOULD = r"(?:should|must|has\s+to|needs\s+to|ought\s+to)\s+(?:be|become)\s+"
_RETYPES = r"(?:retype|widen|narrow|promote|convert|cast|turn|change|alter)\s+"
_SYMBOL = r"(?:enum\s+)?(?:symbol|value)\s+(?P<symbol>(?!fields?\b|columns?\b)\S+)\s+"
_FIELD_ENUM = r"(?:the\s+)?(?P<field>\S+)\s+enum"

_LISTED = r"(?:\s*:\s*|\s+(?:to|as|into)\s*:?\s+)(?P<names>.+)"
_LEVEL = r"(?P<to>[A-Za-z]+(?:[\s_-]transitive)?)"
_UNTIL = r"(?:,?\s+(?:until|till|up\s+to|through)\s+(?P<until>\S+))?"
_TYPE_WORD = r"(?:record|schema|type|message|enum|class)\s+(?!(?:to|as|into|in|of|on|->)\s)"
_LIMIT = r"(?:-?\d|between|from\s+-?\d|at\s+(?:most|least)|no\s+(?:more|less)|up\s+to|exactly|one\s+of|max|min|[<>≤≥])"
_LAST_IN = r"(?:(?<!\bone)\s+(?:in|of|on)\s+(?P<scope2>[^\s,]+(?:\s+schema)?))?"
_TOPIC_WORD = r"(?:the\s+)?(?:kafka\s+)?(?:topic\s+)?"
_NEW_TOPIC = r"(?:,?\s+(?:as|in|into|onto|on)\s+(?:(?:the\s+|a\s+)?(?:new\s+)?topic\s+)?(?P<to>\S+))?"
_TAGS = r"(?:pii|phi|pci|gdpr|sensitive|confidential|secret|personal(?:\s+data)?)"
_COMPATIBILITY = r"compatibility(?:\s+(?:level|mode|setting))?"

_UNIT_WORDS = r"(?:[a-z]+\s+(?:per\s+)?)?[\w%°µ]+(?:/[\w^]+)?"
_UNIT = rf"(?P<unit>{_UNIT_WORDS})"
_OLD_UNIT = rf"(?P<was>{_UNIT_WORDS})"
_BY = r"(?:,?\s+(?:by|times|with\s+(?:a\s+|the\s+)?factor(?:\s+of)?)\s+(?P<factor>\d[\d./]*))?"
_NAMED = r"(?:,?\s+(?:as|named|called|in\s+(?:the\s+)?(?:new\s+)?field)\s+(?P<to>(?:\ue000\d+\ue001|[A-Za-z_]\w*)))?"

_AN = r"(?:make|turn|convert|change)\s+"
_CALLED = r"(?:,?\s+(?:named|called)\s+(?P<to>\S+))?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "split_topic",
        rf"split\s+{_TOPIC_WORD}(?P<scope>\S+)\s+by\s+(?:the\s+)?record(?:'s|s)?\s+types?(?:\s+into\s+(?:topics?\s+)?(?P<names>.+))?",
    ),
    ("split_topic", rf"split\s+{_TOPIC_WORD}(?P<scope>\S+)\s+by\s+{_FIELD}(?:\s+into\s+(?:topics?\s+)?(?P<names>.+))?"),
    (
        "change_meaning",
        rf"(?:change|redefine)\s+(?:the\s+)?meaning\s+of\s+{_FIELD}{_IN}{_TO}(?P<doc>\ue000\d+\ue001|.+?){_NAMED}",
    ),
    ("change_meaning", rf"{_FIELD}{_IN}\s+now\s+means\s+(?P<doc>\ue000\d+\ue001|.+?){_NAMED}"),
    ("split_field", rf"split\s+{_FIELD}{_IN}\s+into\s+(?P<names>.+?)(?:\s+(?:at|on|by)\s+(?P<at>.+))?"),
    (
        "merge_topics",
        r"(?:merge|combine|join)\s+(?:the\s+)?(?:kafka\s+)?topics\s+(?P<field>.+?)\s+(?:in)?to\s+(?:(?:the\s+|a\s+|one\s+)?(?:new\s+)?topic\s+)?(?P<to>\S+)",
    ),
    (
        "merge_fields",
        rf"(?:merge|combine|join)\s+{_FIELD}{_IN}\s+into\s+(?P<to>\S+)(?:\s+with\s+(?P<at>.+?)(?:\s+(?:in\s+)?between(?:\s+them)?)?)?",
    ),
    (
        "nest_fields",
        rf"(?:nest|group|wrap)\s+{_FIELD}{_IN}\s+(?:into|under)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:record\s+|field\s+)?(?P<to>\S+)",
    ),
    ("flatten_field", rf"(?:flatten|unnest)\s+{_FIELD}{_IN}"),
    ("make_array", rf"{_AN}{_FIELD}{_SCOPE}\s+(?:(?:in)?to\s+)?an?\s+(?:array|list){_CALLED}"),
    (
        "make_money",
        rf"{_AN}{_FIELD}{_SCOPE}\s+(?:(?:in)?to\s+)?(?:an?\s+)?money(?:\s+(?:object|record|amount))?{_CALLED}"
        r"(?:,?\s+(?:in|with(?:\s+(?:the\s+|its\s+)?currency)?(?:\s+(?:from|of|in))?)\s+(?P<currency>\S+))?",
    ),
    (
        "change_unit",
        rf"(?:change|convert|set|switch)\s+(?:the\s+)?units?\s+of\s+{_FIELD}{_IN}(?:\s+from\s+{_OLD_UNIT})?{_TO}{_UNIT}{_BY}{_NAMED}",
    ),
    (
        "change_unit",
        rf"(?:(?:give|express|say|store|write|measure|send)\s+)?{_FIELD}{_SCOPE}\s+in\s+{_UNIT}"
        rf"(?:,|\s+and|\s+but)?\s+(?:not|instead\s+of|rather\s+than)(?:\s+in)?\s+{_OLD_UNIT}{_BY}{_NAMED}",
    ),
    ("add_symbol", rf"{_ADDS}(?:an?\s+|the\s+)?(?:new\s+)?{_SYMBOL}(?:to|in)\s+{_ENUM}{_SCOPE}"),
    ("add_symbol", rf"{_ADDS}(?P<symbol>\S+)\s+to\s+{_ENUM_WORD}(?P<field>.+?){_SCOPE}"),
    ("add_symbol", rf"{_ADDS}(?P<symbol>\S+)\s+to\s+{_FIELD_ENUM}{_SCOPE}"),
    ("remove_symbol", rf"{_REMOVES}(?:the\s+)?{_SYMBOL}(?:from|of|in)\s+{_ENUM}{_SCOPE}"),
    ("remove_symbol", rf"{_REMOVES}(?P<symbol>\S+)\s+from\s+{_ENUM_WORD}(?P<field>.+?){_SCOPE}"),
    ("remove_symbol", rf"{_REMOVES}(?P<symbol>\S+)\s+from\s+{_FIELD_ENUM}{_SCOPE}"),
    (
        "remove_default",
        rf"(?:{_REMOVES}|unset\s+|take\s+away\s+)(?:the\s+)?{_DEFAULT_WORD}\s+(?:of|from|for)\s+{_FIELD}{_IN}",
    ),
    ("remove_default", rf"(?:{_REMOVES}|unset\s+)(?:the\s+)?{_FIELD}(?:'s)\s+{_DEFAULT_WORD}{_IN}"),
    (
        "change_doc",
        rf"{_SETS}(?:the\s+)?(?:doc|docs|documentation|description|comment)\s+(?:of|for)\s+{_FIELD}{_IN}{_TO}(?P<doc>.+)",
    ),
    ("change_doc", rf"document\s+{_FIELD}{_IN}\s+(?:as|with)\s+(?P<doc>.+)"),
    ("rename_symbol", rf"rename\s+(?:the\s+)?{_SYMBOL}to\s+(?P<to>\S+)\s+(?:in|of|on)\s+{_ENUM}{_SCOPE}"),
    ("rename_symbol", rf"rename\s+(?:the\s+)?{_SYMBOL}(?:in|of|on)\s+{_ENUM}{_SCOPE}{_TO}(?P<to>\S+){_AFTER}"),
    ("reorder_symbols", rf"reorder\s+(?:the\s+)?(?:symbols|values)\s+(?:of|in)\s+{_FIELD}{_IN}{_LISTED}"),
    ("reorder_fields", rf"reorder\s+(?:the\s+)?fields\s+(?:of|in)\s+(?P<scope>.+?){_LISTED}"),
    ("reorder_fields", rf"move\s+{_FIELD}\s+(?P<side>before|after)\s+(?P<beside>\S+){_IN}"),
    ("reorder_fields", rf"move\s+{_FIELD}\s+to\s+the\s+(?P<side>front|start|top|beginning|end|bottom){_IN}"),
    (
        "rename_topic",
        rf"rename\s+(?:the\s+)?(?:kafka\s+)?topic\s+(?!(?:to|as|into|in|of|on|->)\s)(?P<field>\S+){_TO}(?P<to>\S+)",
    ),
    (
        "rekey_topic",
        rf"(?:re-?key|key|re-?partition|partition)\s+{_TOPIC_WORD}(?P<scope>\S+)\s+(?:by|on)\s+{_FIELD}{_NEW_TOPIC}",
    ),
    (
        "rekey_topic",
        rf"(?:set|change|switch)\s+(?:the\s+)?(?:(?:message|record|partition)\s+)?key\s+of\s+{_TOPIC_WORD}(?P<scope>\S+){_WAS}{_TO}{_FIELD}{_NEW_TOPIC}",
    ),
    ("rename_record", rf"rename\s+(?:the\s+)?{_TYPE_WORD}(?P<scope>.+?){_TO}(?P<to>\S+)"),
    ("rename_record", rf"rename\s+(?:the\s+)?{_TYPE_WORD}(?P<symbol>\S+){_TO}(?P<to>\S+)\s+(?:in|of)\s+(?P<scope>.+)"),
    ("change_namespace", r"move\s+(?P<scope>.+?)\s+(?:in)?to\s+(?:the\s+)?namespace\s+(?P<to>\S+)"),
    ("change_namespace", rf"(?:set|change|rename)\s+(?:the\s+)?namespace\s+of\s+(?P<scope>.+?){_WAS}{_TO}(?P<to>\S+)"),
    (
        "change_level",
        rf"(?:raise|lower|tighten|loosen|relax|set|change)\s+(?:the\s+)?{_COMPATIBILITY}\s+(?:of|for|on)\s+(?P<scope>.+?){_WAS}{_TO}{_LEVEL}{_UNTIL}",
    ),
    ("change_default", rf"{_SETS}(?:the\s+)?{_DEFAULT_WORD}\s+(?:of|for)\s+{_FIELD}{_WAS_IN}{_TO_DEFAULT}"),
    ("change_default", rf"{_SETS}(?:the\s+)?{_FIELD}(?:'s)?\s+{_DEFAULT_WORD}{_WAS_IN}{_TO_DEFAULT}"),
    (
        "change_default",
        rf"give\s+{_FIELD}{_SCOPE}\s+(?:an?\s+|the\s+)?{_DEFAULT_WORD}(?:\s+of)?\s+(?P<default>\S+){_AFTER}",
    ),
    ("change_default", rf"{_SETS}(?:the\s+)?{_FIELD}(?:'s)?{_SCOPE}\s+{_DEFAULT_WORD}\s+(?P<default>\S+){_AFTER}"),
    ("change_default", rf"default\s+{_FIELD}{_SCOPE}{_TO}(?P<default>\S+){_AFTER}"),
    ("rename_field", rf"rename\s+{_FIELD}{_SCOPE}{_TO}(?P<to>\S+){_AFTER}"),
    ("rename_field", rf"change\s+the\s+name\s+of\s+{_FIELD}{_SCOPE}{_TO}(?P<to>\S+){_AFTER}"),
    (
        "change_type",
        rf"(?:set|change|update|alter|convert)\s+(?:the\s+)?(?:data\s*)?type\s+of\s+{_FIELD}{_WAS_IN}{_TO_TYPE}",
    ),
    ("change_type", rf"(?:set|change|update|alter|convert)\s+{_FIELD}(?:'s)?\s+type{_WAS_IN}{_TO_TYPE}"),
    ("change_type", rf"{_RETYPES}{_FIELD}{_WAS_IN}{_TO_TYPE}"),
    ("make_optional", rf"{_FIELD}{_SCOPE}\s+{_SHOULD}(?:optional|nullable|null){_SCOPE_LAST}"),
    ("make_required", rf"{_FIELD}{_SCOPE}\s+{_SHOULD}{_REQUIRED}{_SCOPE_LAST}"),
    ("change_type", rf"{_FIELD}{_SCOPE}\s+{_SHOULD}an?\s+(?P<type>.+?){_AFTER}"),
    ("make_required", rf"{_MARKS}{_FIELD}{_SCOPE}{_BE}{_REQUIRED}{_SCOPE_LAST}"),
    ("make_optional", rf"{_MARKS}{_FIELD}{_SCOPE}{_BE}(?:optional|nullable|null){_SCOPE_LAST}"),
    ("make_optional", rf"allow\s+{_FIELD}{_SCOPE}\s+to\s+be\s+(?:null|absent|missing|left\s+out){_SCOPE_LAST}"),
    ("make_optional", rf"(?:allow|permit|accept)\s+nulls?\s+(?:in|for|as)\s+{_FIELD}{_SCOPE_LAST}"),
    (
        "tag_field",
        rf"(?:tag|label|classify|flag)\s+{_FIELD}{_SCOPE}\s+(?:as|with)\s+(?P<to>\S+(?:\s+data)?){_SCOPE_LAST}",
    ),
    (
        "protect_field",
        rf"(?P<to>mask|redact|tokeni[sz]e|pseudonymi[sz]e|hash|encrypt|erase)\s+(?:the\s+values?\s+of\s+)?{_FIELD}{_SCOPE}",
    ),
    ("tag_field", rf"(?:mark|treat)\s+{_FIELD}{_SCOPE}\s+as\s+(?P<to>{_TAGS}){_SCOPE_LAST}"),
    ("deprecate", rf"{_MARKS}{_FIELD}{_SCOPE}{_BE}deprecated{_SCOPE_LAST}"),
    (
        "change_type",
        rf"(?:mark|treat|annotate|declare)\s+{_FIELD}{_SCOPE}\s+as\s+(?:an?\s+)?(?P<type>\S+){_SCOPE_LAST}",
    ),
    ("change_type", rf"{_ADDS}(?:the\s+)?logical\s?type\s+(?P<type>\S+)\s+to\s+{_FIELD}{_SCOPE}"),
    (
        "constrain_field",
        rf"(?:require|restrict|constrain|force)\s+{_FIELD}{_IN}\s+(?P<doc>(?:to\s+(?:be|match|have)\b|to\s+{_LIMIT}|matching\b|between\b|[<>≤≥]).*?){_LAST_IN}",
    ),
    ("constrain_field", rf"limit\s+{_FIELD}{_IN}\s+to\s+(?P<doc>{_LIMIT}.*?){_LAST_IN}"),
    ("make_required", rf"require\s+{_FIELD}{_SCOPE}"),
    ("deprecate", rf"deprecate\s+{_FIELD}{_SCOPE}"),
    (
        "constrain_field",
        rf"(?:{_REMOVES}|lift\s+)(?:the\s+)?(?:rule|constraint)s?\s+(?:of|on|from|for)\s+{_FIELD}{_IN}",
    ),
    ("remove_field", rf"{_REMOVES}{_FIELD}{_SCOPE}"),
    ("change_type", rf"make\s+{_FIELD}{_SCOPE}\s+an?\s+(?P<type>.+?){_AFTER}"),
)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compiles the patterns at their first use: it takes longer than drawing a screen, which only needs the forms' words."""
    return tuple((op, re.compile(f"^{pattern}$", re.IGNORECASE)) for op, pattern in _PATTERNS)


_RESHAPES = re.compile(r"^(?:split|merge|combine|join|nest)\s", re.IGNORECASE)

_ADD = re.compile(r"^(?:add|introduce|create|append)\s+(?P<rest>.+)$", re.IGNORECASE)
_DEFAULT = re.compile(
    r"(?:,?\s+(?:(?:with|and|having)\s+)?(?:an?\s+|the\s+|its\s+)?default(?:s|ing|ed)?(?:\s+value)?(?:\s+(?:of|to|set\s+to|is)(?=\s)|\s*[:=])?"
    r"|\s+=)\s*(?P<default>[^\s,)]+)",
    re.IGNORECASE,
)
_NO_DEFAULT = re.compile(r",?\s+(?:without|with\s+no)\s+(?:an?\s+|any\s+)?default(?:\s+value)?", re.IGNORECASE)
_TARGET = re.compile(r"^(?P<body>.+?)\s+(?:to|into|in|on)\s+(?P<scope>.+)$", re.IGNORECASE)
_FLAG = re.compile(r"\b(?P<flag>optional|nullable|required|mandatory)\b,?\s*", re.IGNORECASE)
_NOISE = re.compile(r"^(?:(?:an?|the|new|another)\s+)+|^(?:field|column|attribute|property)\s+", re.IGNORECASE)
_LEADING_SCOPE = re.compile(r"^(?:in|for|on|within)\s+(?P<scope>.+?)[:,]?$", re.IGNORECASE)
_QUOTED = re.compile("\ue000\\d+\ue001")
_LINK = re.compile(
    r"^(?::|\(|,|of\s+type|with\s+(?:the\s+)?type|typed(?:\s+as)?|as|being|which\s+is)\s*", re.IGNORECASE
)
_NAME_FIRST = re.compile(
    r"^(?P<name>[^\s:(,]+)\s*(?::|\(|,?\s+(?:of\s+type|with\s+(?:the\s+)?type|typed(?:\s+as)?|as)\s)\s*(?P<type>.+?)\)?$",
    re.IGNORECASE,
)
_ENUM_NAMED = re.compile(
    r"^enum\s+(?P<name>[^\s,]+)\s+(?:(?:with|of)(?:\s+the)?(?:\s+(?:symbols|values))?\s+)?(?P<symbols>.*[,|].*)$",
    re.IGNORECASE,
)
_TYPE_FIRST = re.compile(
    r"^(?P<type>.+?[^,\s])\s+(?:(?:field|column|attribute|property)\s+)?(?:(?:called|named)\s+)?(?P<name>[^\s,]+)$",
    re.IGNORECASE,
)
_NAME_THEN_TYPE = re.compile(r"^(?P<name>[^\s,]+)\s+(?P<type>.+)$")


def readings_of(part: Part) -> tuple[Said, ...]:
    """Returns what a sentence can say, the likeliest first; nothing where no form fits."""
    for op, pattern in _compiled():
        match = pattern.match(part.text)
        if match:
            return (_said(op, part, match.groupdict()),)
    match = _ADD.match(part.text)
    return tuple(_added(part, match["rest"])) if match else ()


def said_better(part: Part) -> str:
    """Returns what to say instead of a sentence that no form fits, where it shows what is meant; "" for all others."""
    if not _RESHAPES.match(part.text):
        return ""
    return (
        'Say which fields become which: "split A into B and C at \' \'", "merge A and B into C", "nest A and B into C".'
    )


def leading_scope(part: Part) -> str:
    """Returns the scope of a part that says nothing else, such as "in Order"; "" for all others."""
    match = _LEADING_SCOPE.match(part.text)
    return match["scope"] if match else ""


def _said(op: str, part: Part, found: dict[str, str | None]) -> Said:
    given = {key: value for key, value in found.items() if value}
    scope = given.get("scope") or given.get("scope2", "")
    field, to, kind, default, symbol = (given.get(key, "") for key in ("field", "to", "type", "default", "symbol"))
    side = given.get("side", "").lower()
    return Said(
        op,
        part,
        field,
        scope,
        to,
        kind,
        default,
        symbol,
        doc=given.get("doc", ""),
        names=given.get("names", ""),
        beside=given.get("beside", ""),
        is_after=side in ("after", "end", "bottom"),
        until=given.get("until", ""),
        unit=given.get("unit", ""),
        was=given.get("was", ""),
        factor=given.get("factor", ""),
        at=given.get("at", ""),
        currency=given.get("currency", ""),
    )


def _added(part: Part, rest: str) -> list[Said]:
    """Every way to tell the name from the type; which is right shows when the type is looked up."""
    rest, default = _taken(_DEFAULT, _NO_DEFAULT.sub("", rest), "default")
    match = _TARGET.match(rest)
    body, scope = (match["body"], match["scope"]) if match else (rest, "")
    flags = {found["flag"].lower() for found in _FLAG.finditer(body)}
    body = _FLAG.sub("", body).strip(" ,")
    while _NOISE.match(body):
        body = _NOISE.sub("", body)
    nullable, optional = "nullable" in flags, "optional" in flags
    if body.endswith("?"):
        body, optional = body.rstrip("? "), True
    required = bool(flags & {"required", "mandatory"})
    pairs = _names_and_types(body)
    return [
        Said("add_field", part, name, scope, "", kind, default, "", nullable, optional, required)
        for name, kind in pairs
    ]


def _names_and_types(body: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for quoted in reversed(list(_QUOTED.finditer(body))):
        before = re.sub(
            r"\s*\b(?:field|column|called|named)\s*$", "", body[: quoted.start()].strip(), flags=re.IGNORECASE
        )
        after = _LINK.sub("", body[quoted.end() :].strip())
        rest = " ".join(piece for piece in (before, after) if piece)
        found.append((quoted[0], rest.rstrip(")") if "(" not in rest else rest))
    match = _ENUM_NAMED.match(body)
    if match:
        found.append((match["name"], f"enum {match['symbols']}"))
    for pattern in (_NAME_FIRST, _TYPE_FIRST, _NAME_THEN_TYPE):
        match = pattern.match(body)
        if match:
            found.append((match["name"], match["type"]))
    return found or [(body, "")]


def _taken(pattern: re.Pattern[str], text: str, group: str) -> tuple[str, str]:
    """Takes the first match out of the text, and returns what is left and the group."""
    match = pattern.search(text)
    if not match:
        return text, ""
    return (text[: match.start()] + text[match.end() :]).strip(), match[group]
