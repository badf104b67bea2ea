"""The example repository: a small fraud pipeline with a history and real flaws, to try the product on without risk."""
