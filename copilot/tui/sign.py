"""The screen on which a person signs: what exactly is approved, one answer, and on the same screen what came of it.

Low stakes take one key; high stakes the name of the subject and a reason. Signing, applying and verifying run in threads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from copilot.domain.approving import Standing
from copilot.errors import CopilotError, RefusedByEvidence
from copilot.proposals.approve import confirmation_word
from copilot.reasons.words import asked_words
from copilot.tui.after import AfterApplying
from copilot.tui.deciding import BUSY, NO_KEYS
from copilot.tui.key_line import KeyLine
from copilot.tui.page import KEYS
from copilot.tui.panes import Scroll
from copilot.tui.plain import plain
from copilot.tui.sign_text import COMMAND, Step, applied_text, is_elsewhere, send_lines, sign_text, step_of

if TYPE_CHECKING:
    from copilot.proposals import Workspace

_SIGNING = "signing … a hardware key may want to be touched"
_ELSEWHERE = "HEAD is not at the base: an approval is for the base alone. o, in the text, asks the same again here."
_KEEPS = "What is approved goes on a branch of its own; your files stay as they are."


class SignScreen(AfterApplying):
    """Takes the approval of one alternative, exactly as the proposal holds it now."""

    NOTES = (
        "An approval is for one plan: base commit, patches, their evidence and the decision.",
        "If any of them changes, it is void, and nothing is applied.",
        _KEEPS,
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "approve", "Approve", tooltip="approve exactly what stands here"),
        Binding(
            "b", "apply", "Apply on a branch", tooltip="put it on a branch of its own; your files stay as they are"
        ),
        Binding("o", "again", "Ask again here", tooltip="ask the same on the commit that you are on now"),
        *NO_KEYS,
        Binding("g", "next", "Next phase", tooltip="go on with the phase that comes next, once its gate holds"),
        Binding("u", "undo", "Take back", tooltip="make a branch on which the files are as they were"),
        Binding("pageup", "scroll_text(-1)", show=False, priority=True),
        Binding("pagedown", "scroll_text(1)", show=False, priority=True),
        *KEYS,
        Binding("escape", "leave", "Back"),
    ]

    def __init__(self, workspace: Workspace, id: str, alternative: str) -> None:
        super().__init__()
        self._proposal = workspace.load(id)
        applied = self._proposal.applied
        self.alternative = applied[-1].alternative if applied else alternative
        self._standing: Standing | None = None
        self._head = ""

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        with Scroll(id="plan"):
            yield Static(id="plan-text")
        with Vertical(id="answer"):
            yield Static(id="asked")
            with Horizontal(id="name-line"):
                yield Static(plain("name", "dim"), classes="label")
                yield Input(id="name")
            with Horizontal(id="reason-line"):
                yield Static(id="reason-label", classes="label")
                yield Input(id="reason")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#plan").focus()
        self._reload()

    @property
    def _is_busy(self) -> bool:
        return bool(self._doing) or self._standing is None or self.works.is_busy(self._proposal.id)

    @property
    def _word(self) -> str:
        return confirmation_word(self._proposal, self.alternative)

    @property
    def step(self) -> Step | None:
        """Returns what can be done here now, None while that is being found out, or can't be."""
        if self._standing is None or self.copilot.is_only_shown:
            return "done" if self._proposal.applied else None
        return step_of(self._proposal, self._standing, self._person)

    @cached_property
    def _person(self) -> str:
        """Who sits here, asked once: git is run for it, and the keys of the screen hang on it."""
        try:
            return self.workspace.person
        except CopilotError:
            return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Shows only the keys that do something now."""
        if not super().check_action(action, parameters):
            return False
        if action == "approve":
            return self.step == "approve" and not self._word
        if action == "apply":
            return self.step == "apply" and not self._is_elsewhere
        if action == "again":
            return self._is_elsewhere and not self._proposal.applied and self._proposal.continued is None
        return True

    def action_scroll_text(self, pages: int) -> None:
        plan = self.query_one("#plan", Scroll)
        if pages > 0:
            plan.scroll_page_down()
        else:
            plan.scroll_page_up()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        reason = self.query_one("#reason", Input)
        if event.input.id == "name" and event.value.strip() == self._word and not reason.value.strip():
            reason.focus()
            self.tell("")
        else:
            self.action_approve()

    def action_approve(self) -> None:
        name, reason = (self.query_one(id, Input).value.strip() for id in ("#name", "#reason"))
        if self._is_busy or self.step != "approve":
            self.tell(BUSY if self._is_busy else "")
        elif self._word and name != self._word:
            self._insist("That is not the name: nothing is approved yet.", "#name")
        elif self._word and not reason:
            self._insist("It takes a reason: nothing is approved yet.", "#reason")
        elif self._knows_person():
            assert self._standing is not None, "what is not known yet is busy"
            plan, id, alternative = self._standing.plan, self._proposal.id, self.alternative
            self._begin(_SIGNING if self._standing.needed > 1 else "approving …")
            self.in_thread(
                lambda: self._approve_as_shown(
                    lambda here: here.approve(id, note=reason, alternative=alternative, plan=plan, confirmation=name)
                ),
                self._ended,
                self._failed,
            )

    def action_apply(self) -> None:
        if self._is_busy or self.step != "apply":
            return
        self._begin("applying …")
        self.in_thread(lambda: self._caught_up().apply(self._proposal.id), self._ended, self._failed)

    def action_again(self) -> None:
        """Asks the same on the commit that one is on now."""
        if not self._is_busy:
            self._begin("asking it again …")
            self.in_thread(lambda: self._caught_up().propose(follows=self._proposal.id), self._opened, self._failed)

    @property
    def _is_elsewhere(self) -> bool:
        return is_elsewhere(self._proposal, self._head)

    def _approve_as_shown(self, approve: Callable[[Workspace], object]) -> None:
        """Approves unless HEAD has moved since the screen last said where it is: nobody has read of that yet."""
        here = self._caught_up()
        if here.commit != self._head:
            raise RefusedByEvidence(
                f"HEAD has moved to {here.commit[:12]} while you looked, so nothing is approved yet.",
                next="Read what the screen says of it now, and decide then.",
            )
        approve(here)

    def _insist(self, text: str, field: str) -> None:
        self.tell(text, "bold $text-error")
        self.query_one(field, Input).focus()

    def _reload(self) -> None:
        """Reads the proposal anew; whose approvals are there is verified in a thread, because programs are asked."""
        try:
            self._proposal = self.workspace.load(self._proposal.id)
        except CopilotError as error:
            self.fail(error)
            return
        self._standing = None
        self._show()
        id, alternative = self._proposal.id, self.alternative
        self.tell("verifying the approvals …")
        self.in_thread(lambda: self._standing_here(id, alternative), self._stands, self._stands_not)

    def _standing_here(self, id: str, alternative: str) -> tuple[Standing, str]:
        here = self._caught_up()
        return here.standing(id, alternative), here.commit

    def _stands(self, found: tuple[Standing, str]) -> None:
        self._standing, self._head = found
        self._show()
        self.tell("")

    def _stands_not(self, error: CopilotError) -> None:
        self.tell(error.what, "$text-error")
        self.query_one("#plan-text", Static).update(plain(str(error)))

    def _show(self) -> None:
        proposal, step = self._proposal, self.step
        self.query_one("#heading", Static).update(
            plain(f"Sign {proposal.id}  {proposal.state}  {asked_words(proposal.request)}", "bold")
        )
        if proposal.applied:
            self.query_one("#plan-text", Static).update(applied_text(proposal))
        elif self._standing is not None:
            self.query_one("#plan-text", Static).update(sign_text(proposal, self._standing, self._head))
        self._ask(step)
        self.refresh_bindings()

    def _ask(self, step: Step | None) -> None:
        """Shows what the step asks for: nothing while nothing can be done."""
        name, reason = self.query_one("#name", Input), self.query_one("#reason", Input)
        is_grave = step == "approve" and bool(self._word)
        was_shown = name.display
        name.display = self.query_one("#name-line").display = is_grave
        reason.display = self.query_one("#reason-line").display = step == "approve"
        self.query_one("#reason-label", Static).update(plain("reason" if is_grave else "note", "dim"))
        name.placeholder = f"type {self._word} to approve"
        reason.placeholder = "the reason: why is it right to do this?" if is_grave else "a note, or nothing"
        self.query_one("#asked", Static).update(plain("\n".join(self._asked(step))))
        self.query_one("#answer").display = step not in (None, "done")
        if is_grave and not was_shown:
            name.focus()
        elif not is_grave and self.focused in (name, reason):
            self.query_one("#plan").focus()

    def _asked(self, step: Step | None) -> tuple[str, ...]:
        if step == "send" and self._standing is not None:
            return (f"Your approval is there; {self._standing.missing} more needed.", *send_lines(self._proposal.id))
        if step == "apply" and self._is_elsewhere:
            base = self._proposal.request.commit[:12]
            return (
                "It is approved for its base, and you are not on it: o asks the same again here. To have it there:",
                f"{COMMAND} apply {self._proposal.id} --at {base}",
            )
        if step == "apply":
            return ("It is approved. b puts it on a branch of its own; your files stay as they are.",)
        elsewhere = (_ELSEWHERE,) if self._is_elsewhere else ()
        if step == "approve" and self._word:
            stakes = self._proposal.decision.stakes if self._proposal.decision else ""
            why = "Stakes are high" if stakes == "high" else "It is not fully proved"
            return (*elsewhere, f"{why}: type the name {self._word}, then a reason; enter approves, esc leaves.")
        return (*elsewhere, "y approves exactly this plan; tab reaches the note.") if step == "approve" else ()
