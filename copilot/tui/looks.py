"""Switches how the whole application looks, and keeps what a person chose: theme, colours at all, plain ASCII."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.app import App
from textual.filter import LineFilter, Monochrome

from copilot.adapters.own_screen import Look, keep_look, kept_look, speaks_unicode
from copilot.errors import SurroundingsFailed
from copilot.tui.ascii import AsciiFilter
from copilot.tui.themes import DARK, NAMES, THEMES


class Looks:
    """The look of an application. What the environment or the command line asks for holds for this time and is not kept."""

    def __init__(
        self,
        app: App[None],
        *,
        is_ascii: bool = False,
        environ: Mapping[str, str] = os.environ,
        home: Path | None = None,
    ) -> None:
        self._app = app
        self._environ = dict(environ)
        self._home = home or Path.home()
        self._ascii = AsciiFilter()
        self._grey = Monochrome()
        self.look = kept_look(self._environ, self._home)
        self._must_be_ascii = is_ascii or not speaks_unicode(self._environ)

    @property
    def is_ascii(self) -> bool:
        return self._must_be_ascii or self.look.is_ascii

    @property
    def filters(self) -> list[LineFilter]:
        """What everything drawn goes through."""
        grey = [] if self.look.has_colour else [self._grey]
        return [*grey, self._ascii] if self.is_ascii else [*grey]

    def begin(self) -> None:
        """Makes the themes known and takes the one that was kept, before anything is drawn: a later theme costs all styles anew."""
        app = self._app
        for theme in THEMES:
            app.register_theme(theme)
        known = app.available_themes
        asked = self._environ.get("TEXTUAL_THEME", "")
        app.set_reactive(App.theme, next(it for it in (asked, self.look.theme, DARK) if it in known))
        app.stylesheet.set_variables(app.get_css_variables())
        app.set_class(app.current_theme.dark, "-dark-mode", update=False)
        app.set_class(not app.current_theme.dark, "-light-mode", update=False)
        app.set_class(True, f"-theme-{app.theme}", update=False)

    def follow(self) -> None:
        """Keeps each theme that is chosen from now on."""
        self._app.theme_changed_signal.subscribe(
            self._app, lambda theme: self._chose(replace(self.look, theme=theme.name))
        )

    def choices(self) -> Iterator[tuple[str, str, Callable[[], None]]]:
        """Yields what the palette offers: a name, what it does, and the act."""
        for name, words in NAMES.items():
            yield f"{words} colours", "kept for next time", partial(setattr, self._app, "theme", name)
        colour = "No colours" if self.look.has_colour else "Colours"
        yield colour, "kept for next time", lambda: self._chose(replace(self.look, has_colour=not self.look.has_colour))
        if not self._must_be_ascii:
            words = "Box characters and signs" if self.look.is_ascii else "Plain ASCII"
            yield words, "kept for next time", lambda: self._chose(replace(self.look, is_ascii=not self.look.is_ascii))

    def _chose(self, look: Look) -> None:
        if look == self.look:
            return
        self.look = look
        self._app.refresh_css(animate=False)
        for screen in self._app.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh(layout=False)
        try:
            keep_look(look, self._environ, self._home)
        except SurroundingsFailed as error:
            self._app.notify(str(error), severity="warning", markup=False)
