"""From evidence to a decision to words. The decision is a function of the evidence; words only view it."""
