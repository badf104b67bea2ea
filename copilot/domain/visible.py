"""Makes text safe to look at: what can't be seen, or would change how the rest is seen, becomes a visible escape.

Every face sends what it prints from a repository, a model or a person through here; markup of its own is its own affair.
"""

from __future__ import annotations

import unicodedata

# Control, format (bidi, zero-width), surrogates, private use, unassigned, line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and spaces by category, yet nothing to see: fillers, joiners, variation selectors, blank Braille.
_HIDDEN_RANGES = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)


def visible(text: str, *, keep: str = "\n\t") -> str:
    """Returns the text with hidden characters as escapes such as \\u202e; those in `keep` stay as they are."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character in keep or not is_hidden(character) else _escape(character) for character in text
    )


def is_hidden(character: str) -> bool:
    """Tells whether one character is a control, bidi, zero-width or otherwise unseen one."""
    if character.isascii():
        return not character.isprintable()
    code = ord(character)
    return unicodedata.category(character) in _HIDDEN_CATEGORIES or any(
        first <= code <= last for first, last in _HIDDEN_RANGES
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
