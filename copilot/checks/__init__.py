"""The battery: one question about an alternative a module, all of the same shape, each answered with evidence."""
