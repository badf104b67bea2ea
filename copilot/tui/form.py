"""A change step by step: schema or topic, field, kind of change, its options. What comes out is a sentence like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option as Row

from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.errors import WrongUsage
from copilot.planners.completing import topics_in
from copilot.planners.guided import (
    Change,
    Option,
    Target,
    changes_for,
    choices_for,
    guided,
    sentence_for,
    topic_target,
)
from copilot.reasons.version_words import type_words
from copilot.reasons.words import counted
from copilot.tui.key_line import KeyLine
from copilot.tui.page import Page
from copilot.tui.panes import Choices, Scroll
from copilot.tui.plain import plain

WHOLE = "the schema as a whole: a new field, its name, its level"
WHOLE_TOPIC = "the topic as a whole: its name"
NO_FIELDS = "  what schema its records have was not found"
CHOICES_SHOWN = 6


class Picks(Choices, can_focus=False):
    """What can be picked; the keys reach it from the line above it, so that typing always narrows."""


class Narrow(Input):
    """Hands up and down to the list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", "Up", show=False),
        Binding("down", "screen.move(1)", "Down", show=False),
    ]


class GoOn(Static, can_focus=True):
    """Stands where a change needs to know nothing more; enter proposes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.propose", "Propose")]


class FormScreen(Page):
    """Gives the sentence to whoever opened it, or "" where the person left. Each pick can be narrowed by typing."""

    NOTES = (
        "Typing narrows a list; enter takes the highlighted line and goes on, escape goes a step back.",
        "At the last step, tab goes to the next line, right takes what is suggested, and enter proposes.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "A step back", priority=True),
        Binding("f1", "help", "Help"),
    ]

    def __init__(self, pipeline: PipelineMap, take: Callable[[str], None]) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._take = take
        self._place: Target | None = None
        self._target: Target | None = None
        self._change: Change | None = None
        self._rows: tuple[tuple[str, Content], ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        with Vertical(id="pick"):
            yield Narrow(compact=True, id="narrow")
            yield Picks(id="picks")
        yield Scroll(id="options")
        yield Static(id="sentence")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#options", Scroll).can_focus = False
        self._show_step()

    def _show_step(self) -> None:
        """Shows the list of the first thing that is not picked yet, or the options once all is."""
        is_picked = self._change is not None
        self.query_one("#pick").display = not is_picked
        self.query_one("#options").display = is_picked
        steps = [_place_words(self._place), _target_words(self._target)]
        steps += [self._change.words if self._change else ""]
        self.query_one("#heading", Static).update(plain(" > ".join(["New change", *(it for it in steps if it)])))
        if is_picked:
            self._show_options()
        else:
            self._rows = tuple(self._picks())
            narrow = self.query_one("#narrow", Input)
            narrow.value = ""
            narrow.placeholder = f"{self._question()}  (type to narrow the list)"
            narrow.focus()
            self._narrow("")
        self._show_sentence()

    def _question(self) -> str:
        return (
            "Which schema or topic?"
            if not self._place
            else "Which field?"
            if not self._target
            else "What should change?"
        )

    def _picks(self) -> Iterator[tuple[str, Content]]:
        """Yields what can be picked now, by an id."""
        if self._place is None:
            own = (it for it in self._pipeline.subjects if not self._pipeline.is_foreign(it.latest.source.path))
            yield from ((f"schema {it.name}", _subject_look(it)) for it in own)
            topics = topics_in(self._pipeline)
            yield from ((f"topic {it}", Content.assemble(plain(it), plain("  topic", "dim"))) for it in topics)
        elif self._target is None:
            yield "", _whole_look(self._place)
            yield from ((it.path, _field_look(it)) for it in self._place.fields)
        else:
            yield from ((it.id, plain(it.words)) for it in changes_for(self._target))

    def _narrow(self, begun: str) -> None:
        words = begun.casefold().split()
        picks = self.query_one(Picks)
        found = [(id, look) for id, look in self._rows if all(word in look.plain.casefold() for word in words)]
        picks.set_options([Row(look, id=f"={id}") for id, look in found])
        picks.highlighted = 0 if found else None
        self.tell("" if found else "Nothing here has these letters.")

    def _pick(self, id: str) -> None:
        if self._place is None:
            kind, _, name = id.partition(" ")
            is_topic = kind == "topic"
            self._place = topic_target(name, self._pipeline) if is_topic else Target(self._pipeline.subject(name))
        elif self._target is None:
            field = next((it for it in self._place.fields if id and it.path == id), None)
            self._target = replace(self._place, field=field)
        else:
            self._change = next(it for it in changes_for(self._target) if it.id == id)
        self._show_step()

    @property
    def _picked(self) -> tuple[Change, Target]:
        assert self._change is not None, "asked only at the last step"
        assert self._target is not None, "picked before the change"
        return self._change, self._target

    def _show_options(self) -> None:
        change, target = self._picked
        box = self.query_one("#options", Scroll)
        box.remove_children()
        for option in change.options:
            box.mount(Static(_option_look(option, choices_for(option, target))), self._input(option, target))
        if change.options:
            self.call_after_refresh(lambda: self.query(".value").first(Input).focus())
        else:
            box.mount(Static(plain("Enter proposes it.", "dim")), GoOn())
            self.call_after_refresh(lambda: self.query_one(GoOn).focus())

    def _input(self, option: Option, target: Target) -> Input:
        choices = choices_for(option, target)
        suggester = SuggestFromList(choices, case_sensitive=False) if choices else None
        return Input(compact=True, suggester=suggester, name=option.name, classes="value")

    @property
    def _values(self) -> dict[str, str]:
        return {it.name or "": it.value for it in self.query(".value").results(Input)}

    def _show_sentence(self) -> None:
        shown = self.query_one("#sentence", Static)
        if self._change is None or self._target is None:
            shown.update("")
            return
        try:
            sentence, _ = guided(self._change, self._target, self._values, self._pipeline)
        except WrongUsage as error:
            shown.update(plain(sentence_for(self._change, self._target, self._values), "dim"))
            self.tell(error.what)
        else:
            shown.update(plain(sentence, "bold"))
            self.tell("Enter proposes this.")

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "narrow":
            self._narrow(event.value)
        else:
            self._show_sentence()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        picks = self.query_one(Picks)
        if event.input.id != "narrow":
            self.action_propose()
        elif picks.highlighted is not None:
            self._pick((picks.get_option_at_index(picks.highlighted).id or "=")[1:])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._pick((event.option_id or "=")[1:])

    def action_move(self, by: int) -> None:
        picks = self.query_one(Picks)
        if by > 0:
            picks.action_cursor_down()
        else:
            picks.action_cursor_up()

    def action_propose(self) -> None:
        """Hands the sentence over where it is understood; else goes to the line that is still needed."""
        change, target = self._picked
        try:
            sentence, _ = guided(change, target, self._values, self._pipeline)
        except WrongUsage as error:
            self.tell(" ".join(it for it in (error.what, error.next.split("\n")[0]) if it), "$text-warning")
            empty = [it for it in self.query(".value").results(Input) if not it.value.strip()]
            needed = {it.name for it in change.options if it.is_needed}
            missing = next((it for it in empty if it.name in needed), None)
            if missing is not None:
                missing.focus()
        else:
            self.dismiss()
            self._take(sentence)

    def action_back(self) -> None:
        """Takes the last pick back; leaves from the first."""
        if self._change is not None:
            self._change = None
        elif self._target is not None:
            self._target = None
        elif self._place is not None:
            self._place = None
        else:
            self.dismiss()
            return
        self._show_step()


def _target_words(target: Target | None) -> str:
    return "" if target is None else target.field.path if target.field else "as a whole"


def _place_words(place: Target | None) -> str:
    return "" if place is None else f"topic {place.name}" if place.topic else place.name


def _whole_look(place: Target) -> Content:
    why = NO_FIELDS if place.subject is None else ""
    return Content.assemble(plain(WHOLE_TOPIC if place.topic else WHOLE, "bold"), plain(why, "dim"))


def _subject_look(subject: SchemaSubject) -> Content:
    facts = f"  {subject.format}, {counted(len(subject.latest.fields), 'field')}, {subject.compatibility}"
    return Content.assemble(plain(subject.name), plain(facts, "dim"))


def _field_look(field: SchemaField) -> Content:
    default = f" = {field.default}" if field.default is not None else ""
    doc = f"  {' '.join(field.doc.split())}" if field.doc else ""
    return Content.assemble(plain(field.path), plain(f"  {type_words(field.type)}{default}{doc}", "dim"))


def _option_look(option: Option, choices: Sequence[str]) -> Content:
    more = ", ..." if len(choices) > CHOICES_SHOWN or (choices and not option.is_closed) else ""
    known = f"  ({', '.join(choices[:CHOICES_SHOWN])}{more})" if choices else ""
    return Content.assemble(plain(option.words), plain(f"{known}{'' if option.is_needed else '  may be empty'}", "dim"))
