"""The catalogue of mutations: every way in which this program breaks a chosen patch to see whether its battery notices.

A new way is one function in a `mutate_` module and one row of a `mutations_of_` module. `harm` says what the broken patch would do,
for the report of one that stays green.
"""

from __future__ import annotations

from copilot.checks.mutant import Mutation
from copilot.checks.mutations_of_code import OF_CODE
from copilot.checks.mutations_of_plans import OF_PLANS
from copilot.checks.mutations_of_schemas import OF_SCHEMAS

MUTATIONS: tuple[Mutation, ...] = (*OF_SCHEMAS, *OF_CODE, *OF_PLANS)
