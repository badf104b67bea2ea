"""From an alternative and a tree to exact patches: spliced bytes, never re-serialised text."""
