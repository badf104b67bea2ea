"""The catalogue of ways to make a change: pure functions from an operation to alternatives with phases, one file a family."""
