"""Takes out of a text what looks like a secret, before it goes to a model. What was taken out leaves a visible mark in its place.

Forms that issuers use are known by their look; a password or token is known by the name that it is set under, where its value is a
literal that nobody would call a placeholder. Digests in hexadecimal stay: code and locks are full of them. Not every secret can be
told from a word, so files that hold secrets by their name are not read at all (`planners.secret_files`).
"""

from __future__ import annotations

import math
import re
from collections import Counter

MARK = "[left out: looks like a secret]"
ENTROPY_MIN = 4.3
"""Bits a character, of which a long literal has at least as many where it is random (Base64 has 6, English words about 3.5)."""
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_ISSUED = re.compile(
    r"""
      \b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b                       # Amazon
    | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_\w{20,}           # GitHub
    | \bglpat-[\w-]{16,}                                            # GitLab
    | \bxox[abeoprs]-[\w-]{10,} | hooks\.slack\.com/services/[\w/]+ # Slack
    | \bAIza[\w-]{30,} | \bya29\.[\w-]{20,}                         # Google
    | \b[rs]k_(?:live|test)_\w{12,} | \bwhsec_\w{16,}               # Stripe
    | \bsk-(?:ant-|proj-)?[\w-]{16,}                                # model providers
    | \bhf_[A-Za-z0-9]{20,} | \bnpm_[A-Za-z0-9]{20,} | \bpypi-[\w-]{20,} | \bdckr_pat_[\w-]{16,} | \bdop_v1_\w{20,}
    | \bSG\.[\w-]{16,}\.[\w-]{16,} | \bAccountKey=[A-Za-z0-9+/=]{20,} | \bsig=[A-Za-z0-9%]{30,}
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                             # signed tokens
    """,
    re.VERBOSE,
)
_IN_ADDRESS = re.compile(r"(?P<before>\b[a-zA-Z][\w+.-]*://[^\s:/@'\"]*:)(?P<value>[^\s@/'\"]+)(?=@)")
_HEADER = re.compile(r"(?i)(?P<before>\b(?:bearer|basic)\s+)(?P<value>[A-Za-z0-9+/=_.~-]{16,})")
_NAME = r"\w*(?:pass(?:word|wd|phrase)|secret|token|(?:api|access|private|auth|account)_?key|credential)\w*|\w*(?:_|\b)pass(?=\W)"
_SET = re.compile(
    rf"""(?i)(?P<before>(?<![\w.-])["']?[\w.-]*?(?P<name>{_NAME})["']?[ \t]*(?::[ \t]*\w+[ \t]*)?(?:=>|:=|[:=])[ \t]*)"""
    r"""(?P<quote>["'`]?)(?P<value>[^\s"'`,;(){}\[\]<>]{4,})(?P=quote)"""
)
_LITERAL = re.compile(r"(?P<before>[\"'=:\s])(?P<value>[A-Za-z0-9+/_-]{40,}={0,2})(?=[\"'\s,;]|$)")
_PLACEHOLDER = re.compile(
    r"(?i)[$%].*|.*(?:example|change_?me|placeholder|dummy|redacted|your[-_]|xxxx|\*\*\*|todo|none|null|true|false).*"
)
_TYPES = re.compile(
    r"(?i)string|bytes|timestamp-\w+|local-timestamp-\w+|optional|secretstr|boolean|double|decimal|required"
)


def without_secrets(text: str) -> str:
    """Returns the text with a mark in the place of whatever looks like a secret; lines stay lines."""
    text = _PEM.sub(lambda found: MARK + "\n" * found[0].count("\n"), text)
    text = _ISSUED.sub(MARK, text)
    text = _IN_ADDRESS.sub(lambda found: found[0] if _is_placeholder(found["value"]) else found["before"] + MARK, text)
    text = _HEADER.sub(lambda found: found["before"] + MARK, text)
    text = _SET.sub(_set, text)
    return _LITERAL.sub(lambda found: found["before"] + MARK if _is_random(found["value"]) else found[0], text)


def _set(found: re.Match[str]) -> str:
    value = found["value"]
    if _is_placeholder(value) or MARK.startswith(value) or _TYPES.fullmatch(value) or not _is_literal(found):
        return found[0]
    return f"{found['before']}{found['quote']}{MARK}{found['quote']}"


def _is_literal(found: re.Match[str]) -> bool:
    """Tells whether a value is one of its own: quoted with more than small letters, bare with letters and digits, or any value of
    a variable in capitals that is set as in an environment."""
    value, before = found["value"], found["before"]
    kinds = [any(map(test, value)) for test in (str.islower, str.isupper, str.isdigit)]
    has_sign = bool(re.search(r"[!@#&*+/=?^~-]", value))
    is_name = bool(re.fullmatch(r"[A-Za-z_][\w.]*", value))
    if found["quote"]:
        return sum(kinds) + has_sign > 1 and not re.fullmatch(r"[a-z]+([-_./][a-z]+)*|[A-Z][A-Z0-9_]*", value)
    # With blanks around its sign a bare name is a name in code; a file of settings has none before it.
    if (is_name and re.search(r"\s=", before)) or re.search(r"\w\.[A-Za-z_]", value):
        return False
    return found["name"].isupper() or (kinds[2] and sum(kinds) + has_sign > 1)


def _is_placeholder(value: str) -> bool:
    return bool(_PLACEHOLDER.fullmatch(value))


def _is_random(value: str) -> bool:
    kinds = all(any(map(test, value)) for test in (str.islower, str.isupper, str.isdigit))
    return kinds and value.count("/") < len(value) // 12 and entropy(value) >= ENTROPY_MIN


def entropy(text: str) -> float:
    """Returns the bits that a character of the text carries on average."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
