"""The module that a producer gets to mask, tokenise or encrypt a text before it is written."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.operation import Protection
from copilot.strategies.guarded import in_docstring

_MASK = '''"""Masks {field}: all but the last four characters become "*", of texts with less than eight all. Nothing leads back."""


def {function}(value):
    if value is None:
        return None
    return "*" * len(value) if len(value) < 8 else "*" * (len(value) - 4) + value[-4:]
'''
_TOKENISE = '''"""Tokenises {field}: one value gives one token under one key, so joins and counts still work. Nothing leads back.

{variable} holds the key, at least 32 random bytes as hex; another key gives other tokens, so keep it as long as tokens are joined.
"""

import hashlib
import hmac
import os


def {function}(value):
    if value is None:
        return None
    key = bytes.fromhex(os.environ["{variable}"])
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
'''
_ENCRYPT = '''"""Encrypts {field}, and back for those who have the key. Equal values give different texts: nothing joins by them.

{variable} holds one or more keys of Fernet, newest first, separated by ","; older ones still decrypt. Needs the package
cryptography.
"""

import os

from cryptography.fernet import Fernet, MultiFernet


def cipher():
    return MultiFernet([Fernet(key.strip()) for key in os.environ["{variable}"].split(",")])


def {function}(value):
    return None if value is None else cipher().encrypt(value.encode()).decode()


def decrypted(value):
    return None if value is None else cipher().decrypt(value.encode()).decode()
'''


@dataclass(frozen=True, slots=True)
class Way:
    """What one way of protecting is called and does: `mark` ends the new field's name, `costs` says what readers lose."""

    function: str
    mark: str
    text: str
    costs: str
    needs: str = ""

    def module_text(self, field: str, variable: str) -> str:
        """Returns the module's text for a field; `variable` is the setting that holds the key."""
        return self.text.format(field=in_docstring(field), function=self.function, variable=variable)


WAYS: dict[Protection, Way] = {
    "mask": Way("masked", "masked", _MASK, "Two values can have one mask, so nobody may join, group or count by it."),
    "tokenise": Way(
        "tokenised",
        "token",
        _TOKENISE,
        "Equal values have equal tokens, so joins, groups and keys still work among tokens; a search in the text, its length and"
        " its order do not.",
        "set {variable} to a secret of 64 hex digits",
    ),
    "encrypt": Way(
        "encrypted",
        "encrypted",
        _ENCRYPT,
        "Equal values have different texts, so joins, groups, keys, searches, length and order work only after decrypting.",
        "set {variable} to a key of Fernet, and add cryptography to what is installed",
    ),
}
