"""All families of strategies, in the order in which their alternatives are listed."""

from __future__ import annotations

from copilot.ports import Strategy
from copilot.strategies.add import add
from copilot.strategies.constrain import constrain_field
from copilot.strategies.default import change_default
from copilot.strategies.default_removed import default_removed
from copilot.strategies.deprecate import deprecate
from copilot.strategies.docs import change_doc
from copilot.strategies.enum_add import add_symbol
from copilot.strategies.enum_remove import remove_symbol
from copilot.strategies.enum_rename import rename_symbol
from copilot.strategies.level import change_level
from copilot.strategies.meaning import change_meaning
from copilot.strategies.merge_topics import merge_topics
from copilot.strategies.notes import notes
from copilot.strategies.order import reorder
from copilot.strategies.protect import protect_field
from copilot.strategies.rekey import rekey_topic
from copilot.strategies.remove import remove
from copilot.strategies.rename import rename
from copilot.strategies.rename_type import rename_type
from copilot.strategies.requiredness import make_optional, make_required
from copilot.strategies.reshape import reshape
from copilot.strategies.retype import retype
from copilot.strategies.split_topic import split_topic
from copilot.strategies.tag import tag_field
from copilot.strategies.topic import rename_topic
from copilot.strategies.unit import change_unit

STRATEGIES: tuple[Strategy, ...] = (
    add,
    remove,
    rename,
    retype,
    make_optional,
    make_required,
    add_symbol,
    remove_symbol,
    change_default,
    deprecate,
    default_removed,
    change_doc,
    reorder,
    rename_symbol,
    rename_type,
    rename_topic,
    change_level,
    tag_field,
    change_unit,
    change_meaning,
    rekey_topic,
    reshape,
    constrain_field,
    protect_field,
    split_topic,
    merge_topics,
    notes,
)
