"""The line of keys at the bottom, in one widget: as many as fit, and always how to get help and how to get back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widget import Widget

from copilot.tui.plain import plain

KEPT = frozenset(("Help", "Back", "A step back", "Quit"))
"""What stays where there is no room for all: `?` tells the others."""
MORE = " … "
KEY = "key"
"""Under this name, what is drawn carries its key for the mouse."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is shown, and its name, which a click stands for."""

    name: str
    shown: str
    words: str

    @property
    def columns(self) -> int:
        return cell_len(self.shown) + cell_len(self.words) + 3


class KeyLine(Widget):
    """Draws itself anew when other keys hold: nothing is mounted for it, so a key that moves the focus shows at once."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def on_click(self, event: Click) -> None:
        if name := event.style.meta.get(KEY):
            self.app.simulate_key(name)

    def render(self) -> Content:
        # Several keys of one action are one thing that can be done: the first of them is told.
        keys: dict[str, Key] = {}
        for it in self.screen.active_bindings.values():
            if it.binding.show and it.enabled:
                shown = self.app.get_key_display(it.binding)
                keys.setdefault(it.binding.action, Key(it.binding.key, shown, it.binding.description))
        return Content.assemble(*(_look(it) for it in fitting(tuple(keys.values()), self.size.width)))


def fitting(keys: Sequence[Key], columns: int) -> tuple[Key | None, ...]:
    """Returns the keys that fit into so many columns, None in the place of those that don't."""
    if sum(it.columns for it in keys) <= columns:
        return tuple(keys)
    left = columns - cell_len(MORE) - sum(it.columns for it in keys if it.words in KEPT)
    shown: list[Key | None] = []
    for key in keys:
        left -= 0 if key.words in KEPT else key.columns
        if left < 0:
            break
        shown.append(key)
    at = len(shown)
    return (*shown, None, *(it for it in keys[at:] if it.words in KEPT))


def _look(key: Key | None) -> Content:
    if key is None:
        return plain(MORE, "$footer-description-foreground 60%")
    text = Content.assemble(
        plain(f" {key.shown} ", "bold $footer-key-foreground"), plain(f"{key.words} ", "$footer-description-foreground")
    )
    return text.stylize(Style.from_meta({KEY: key.name}))
