"""The pane in which a person reorders the rules of the ranking or switches them off, and sees what would win and why."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from copilot.domain.proposal import Proposal
from copilot.reasons.what_if import Ranking, RuleList, ranked_by
from copilot.tui.panes import Choices, ListAndDetail
from copilot.tui.rules import SOFT, outcome_text, rule_items, rule_text

HARD_STAYS = "A hard rule refuses whatever the order is: it is neither moved nor switched off."


class WhatIfPane(Vertical):
    """What would win and why, and below it the rules in their order; `rules` are those that are asked about."""

    class Reranked(Message):
        """The same evidence is ranked by other rules now."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rules = RuleList()

    def compose(self) -> ComposeResult:
        yield Static(id="ranked")
        yield ListAndDetail(id="rules")

    def show_proposal(self, proposal: Proposal) -> Ranking:
        """Ranks the proposal by the rules as they stand, and shows and returns what comes of it."""
        self._proposal = proposal
        ranking = ranked_by(proposal, self.rules.asked)
        rules, kept, place = self.rules, self._list.highlighted_id, self._list.items.scroll_y
        decisive = next((lead.merit for lead in ranking.leads if lead.merit), rules.merits[0].name)
        self.query_one("#ranked", Static).update(outcome_text(proposal, ranking, rules))
        self._list.show(
            rule_items(proposal, ranking, rules),
            lambda id: rule_text(proposal, ranking, rules, id),
            keep=kept or SOFT + decisive,
        )
        if kept:
            self.call_after_refresh(lambda: self._list.items.scroll_to(y=place, animate=False))
        return ranking

    def go(self) -> None:
        """Takes the focus, and begins the list a little above its rule; the hard ones above are a scroll away."""
        self._list.items.focus()
        self.call_after_refresh(self._scroll)

    def move(self, by: int) -> str:
        """Puts the highlighted rule so many places later or earlier; returns why not, "" where it did."""
        name = self._soft_rule
        return self._ask(self.rules.moved(name, by)) if name else HARD_STAYS

    def switch(self) -> str:
        """Leaves the highlighted rule out, or counts it again; returns why not, "" where it did."""
        name = self._soft_rule
        return self._ask(self.rules.switched(name)) if name else HARD_STAYS

    def reset(self) -> None:
        """Takes the rules of a decision again."""
        self._ask(RuleList())

    @property
    def _list(self) -> ListAndDetail:
        return self.query_one("#rules", ListAndDetail)

    @property
    def _soft_rule(self) -> str:
        id = self._list.highlighted_id or ""
        return id.removeprefix(SOFT) if id.startswith(SOFT) else ""

    def _ask(self, rules: RuleList) -> str:
        self.rules = rules
        self.post_message(self.Reranked())
        return ""

    def _scroll(self) -> None:
        rules = self.query_one(Choices)
        rules.scroll_to_highlight(top=True)
        rules.scroll_relative(y=-2, animate=False)
