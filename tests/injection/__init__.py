"""Attacks on a model by what a repository says, and on whoever reads what comes of it."""
